using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Cluster;
using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Storage;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.People;

/// <inheritdoc cref="IPersonGrain"/>
[RequireRole(Roles.People)]
[GrainType("person")]
public sealed class PersonGrain : Grain, IPersonGrain, IPersonPeerGrain, INeedsSiloLease, IIncomingGrainCallFilter
{
    private static readonly GrainTimerCreationOptions EverySecond =
        new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)) { KeepAlive = true };

    private readonly long _made;
    private readonly PersonTools _tools;
    private readonly ILogger _logger;
    private readonly PersonKey _key;
    private readonly EnrolledPerson _person;
    private readonly PersonRow _row;
    private readonly FaceIntake _intake;
    private readonly EnrolmentContest _contest;
    private readonly MergeSteps _merge;

    /// <summary>Made by Orleans, before the row is read.</summary>
    /// <param name="row">The person's row.</param>
    /// <param name="tools">What the silo has.</param>
    /// <param name="logger">Log.</param>
    public PersonGrain(
        [PersistentState(StateNames.Person, StateNames.Provider)] IPersistentState<PersonState> row,
        PersonTools tools,
        ILogger<PersonGrain> logger)
    {
        (_tools, _logger) = (tools, logger);
        _made = tools.Time.GetTimestamp();
        _key = PersonKey.Parse(this.GetPrimaryKeyString());
        _person = new EnrolledPerson(_key, row, tools, logger, work => this.RegisterGrainTimer(work, EverySecond), this.DeactivateOnIdle);
        _row = _person.Row;
        _intake = new FaceIntake(tools.Options.Value.PersonFacesMax, tools.Time);
        _contest = new EnrolmentContest(_key.Person);
        _merge = new MergeSteps(_person, _intake, logger);
    }

    /// <summary>Runs a call; refuses it where the row is damaged, unless it is to delete the person.</summary>
    /// <param name="context">The call.</param>
    /// <returns>When it has ended.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.RowDamaged"/>.</exception>
    public Task Invoke(IIncomingGrainCallContext context)
    {
        if (!_row.State.IsDamaged || context.MethodName is nameof(DeleteAsync) or nameof(GetRowVersionAsync))
        {
            return context.Invoke();
        }

        DeactivateOnIdle(); // The next call reads the row anew: it may have been restored.
        throw new FaceGridException(
            ErrorCodes.RowDamaged, "The person's row is damaged: restore it from a backup, or delete the person and enrol them again.");
    }

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (await _tools.Lease.WaitForExpiredLeasesAsync(_made, cancellationToken))
        {
            await _row.ReadAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _person.Publisher.Stop();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<long> GetRowVersionAsync() => Task.FromResult(_row.Version);

    /// <inheritdoc/>
    public async Task<WriteResult> WriteAsync(PersonWrite write, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteOnceAsync(write, cancellationToken);
        }
        finally
        {
            _contest.End();
        }
    }

    /// <inheritdoc/>
    public async Task<PersonInfo?> GetAsync(bool vectors, CancellationToken cancellationToken)
    {
        GalleryMap map = await _person.Gallery.MapAsync(cancellationToken);
        if (_row.IsOf(map))
        {
            return _row.Info(vectors, map);
        }

        _person.Leave();
        return null;
    }

    /// <inheritdoc/>
    public async Task<VerifyResult> VerifyAsync(Probe probe, CancellationToken cancellationToken)
    {
        GalleryMap map = await _person.RequireAsync(cancellationToken);
        if (probe.Contract is not null && probe.Contract != map.Contract?.Id)
        {
            map = await _person.Gallery.FreshMapAsync(cancellationToken);
        }

        FaceState[] faces = Verification.FacesOf(_row.State.ArrangedFor(map));
        return Verification.Compare(FaceIntake.ToUnit(probe.Vector, probe.Contract, map), faces, map.Verify ?? Threshold.None);
    }

    /// <inheritdoc/>
    public async Task<WriteResult> RemoveFaceAsync(string faceId, long? rowVersion, CancellationToken cancellationToken)
    {
        GalleryMap map = await _person.RequireAsync(cancellationToken);
        _row.CheckVersion(rowVersion);
        _row.RequireNoMerge();
        PersonState next = _row.CopyFor(map);
        if (next.Faces.RemoveAll(face => face.Id == faceId) > 0)
        {
            await _person.Merges.FinishAsync(faceId, cancellationToken);
            await _person.Crops.EraseAsync(_row.State.Faces.Where(face => face.Id == faceId));
            PersonMerge.ForgetFace(next, faceId);
            await _row.SaveRevisedAsync(next);
        }

        // Also when there was no such face: an earlier removal may have ended between its row and this.
        await _person.Publisher.RequireAsync(_row.Entry, "The face is gone from the row", cancellationToken);
        await _row.EraseFreePagesAsync(cancellationToken);
        return new WriteResult(_row.Info(vectors: false), Created: false, Searchable: true);
    }

    /// <inheritdoc/>
    public async Task<WriteResult> ReleaseFaceAsync(string faceId, CancellationToken cancellationToken)
    {
        GalleryMap map = await _person.RequireAsync(cancellationToken);
        _row.RequireNoMerge();
        PersonState next = _row.CopyFor(map);
        int index = next.Faces.FindIndex(face => face.Id == faceId);
        if (index < 0)
        {
            throw new FaceGridException(ErrorCodes.FaceNotFound, "The person has no face with that id.");
        }

        if (next.Faces[index].IsQuarantined)
        {
            next.Faces[index] = next.Faces[index].Released();
            await _row.SaveRevisedAsync(next);
            _logger.Released(_key.Gallery);
        }

        bool searchable = await _person.Publisher.PublishAsync(cancellationToken);
        return new WriteResult(_row.Info(vectors: false), Created: false, searchable);
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(long? rowVersion, CancellationToken cancellationToken)
    {
        GalleryMap map = await _person.Gallery.MapAsync(cancellationToken);
        _row.CheckVersion(rowVersion);
        bool isDamaged = _row.State.IsDamaged, existed = isDamaged || _row.IsOf(map);
        if (existed && !isDamaged)
        {
            _row.RequireNoMerge(); // The person who stays may hold the faces already.
            await _person.Merges.FinishAsync(faceId: null, cancellationToken);
            await _person.Erasure.EraseMergedSightingsAsync(cancellationToken);
        }

        await _person.Erasure.EraseAsync(map, sightingsToo: true, cancellationToken);
        _person.Leave();
        return existed;
    }

    /// <inheritdoc/>
    public async Task SetDifferentAsync(string other, bool different, CancellationToken cancellationToken)
    {
        GalleryMap map = await _person.RequireAsync(cancellationToken);
        if (_row.State.DifferentFrom?.Contains(other) == true == different)
        {
            return;
        }

        _row.RequireNoMerge();
        PersonState next = _row.CopyFor(map);
        next.DifferentFrom = Differences.Change(next.DifferentFrom, other, different);
        await _row.SaveAsync(next); // The revision stays: what the shard knows of the person does not change.
        _logger.DeclaredDifferent(_key.Gallery, different);
    }

    /// <inheritdoc/>
    public Task<bool> ContestAsync(LookAlike rival) =>
        Task.FromResult(_contest.Answer(rival, _row.IsStored && _row.State.Faces.Exists(face => face.IsSearched)));

    /// <inheritdoc/>
    public Task<PersonState?> BeginMergeAsync(string into, CancellationToken cancellationToken) =>
        _merge.BeginAsync(into, cancellationToken);

    /// <inheritdoc/>
    public Task AbsorbAsync(string from, PersonState other, CancellationToken cancellationToken) =>
        _merge.AbsorbAsync(from, other, cancellationToken);

    /// <inheritdoc/>
    public Task<bool?> IsMergingAsync(Guid token) => Task.FromResult(_merge.IsMerging(token));

    /// <inheritdoc/>
    public Task<bool> RemembersAsync(Guid token) => Task.FromResult(_merge.Remembers(token));

    /// <inheritdoc/>
    public Task CompleteMergeAsync(Guid token, CancellationToken cancellationToken) => _merge.CompleteAsync(token, cancellationToken);

    /// <inheritdoc/>
    public Task SettleMergeAsync(Guid token, CancellationToken cancellationToken) => _merge.SettleAsync(token, cancellationToken);

    /// <inheritdoc/>
    public Task CancelMergeAsync(Guid token, CancellationToken cancellationToken) => _merge.CancelAsync(token, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> EndMergeAsync(string from, CancellationToken cancellationToken) => _merge.EndAsync(from, cancellationToken);

    /// <inheritdoc/>
    public Task<PersonState?> FindMergedAsync(string from, CancellationToken cancellationToken) =>
        _merge.RecallAsync(from, cancellationToken);

    /// <inheritdoc/>
    public Task RestoreAsync(string from, PersonState state, CancellationToken cancellationToken) =>
        _merge.RestoreAsync(from, state, cancellationToken);

    /// <inheritdoc/>
    public Task GiveBackAsync(string from, Guid token, CancellationToken cancellationToken) =>
        _merge.GiveBackAsync(from, token, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> FillAsync(string contract, MadeVector[] vectors, CancellationToken cancellationToken)
    {
        GalleryMap map = await _person.Gallery.MapAsync(cancellationToken);
        map = map.Other?.Id == contract ? map : await _person.Gallery.FreshMapAsync(cancellationToken);
        if (!_row.IsOf(map) || map.Other?.Id != contract)
        {
            _person.Leave();
            return false; // The person is gone, or the vectors are not wanted any more. The next pass looks again.
        }

        // Also in the middle of a merge, which may have broken off for good: the person who takes the faces over gets vectors of their own.
        PersonState next = _row.CopyFor(map);
        if (PersonMigration.Fill(next, map.Other, vectors))
        {
            await _row.SaveRevisedAsync(next);
        }

        bool searchable = await _person.Publisher.PublishAsync(cancellationToken);
        _person.Leave();
        return searchable;
    }

    /// <inheritdoc/>
    public async Task TidyAsync(int contractRevision, CancellationToken cancellationToken)
    {
        GalleryMap map = await _person.Gallery.MapAsync(cancellationToken);
        map = map.ContractRevision >= contractRevision ? map : await _person.Gallery.FreshMapAsync(cancellationToken);
        if (_row.IsOf(map))
        {
            await _row.ArrangeAsync(map);
        }

        _person.Leave();
    }

    private async Task<WriteResult> WriteOnceAsync(PersonWrite write, CancellationToken cancellationToken)
    {
        GalleryMap map = await _person.Gallery.MapAsync(cancellationToken);
        _row.CheckVersion(write.RowVersion);
        PersonText.Check(write);
        _person.Publisher.RequireRoom();
        map = await _person.Gallery.MapForAsync(map, write.Faces, cancellationToken);
        bool created = !_row.IsOf(map);
        _row.RequireNoMerge();
        PersonState before = _row.State;
        PersonState next = _row.CopyFor(map);
        List<FaceState> added = _intake.Take(next, write.Faces, map, out bool mended);
        bool contested = !write.Force && await ScreenAsync(next, added, map, cancellationToken);
        _intake.Add(next, added, map);
        if (PersonText.Apply(next, write) || created || mended || added.Count > 0)
        {
            await _row.SaveRevisedAsync(next);
        }

        await _person.Crops.KeepAsync(write.Faces, before, cancellationToken);
        bool searchable = await _person.Publisher.PublishAsync(cancellationToken) && _person.Publisher.Covers(write.Faces);
        if (contested)
        {
            await SettleAsync(added, created ? null : before, cancellationToken);
        }

        if (write.Bulk)
        {
            _person.Leave();
        }

        return new WriteResult(_row.Info(vectors: false), created, searchable);
    }

    /// <summary>Checks the faces of a write against the policy, and notes in them what was found.</summary>
    /// <returns>True when the person must look a second time before the enrolment counts.</returns>
    private async Task<bool> ScreenAsync(PersonState now, List<FaceState> added, GalleryMap map, CancellationToken cancellationToken)
    {
        if (EnrolmentScreening.Begin(map.Enrolment, now, added) is not { } screening)
        {
            return false;
        }

        screening.Decide(await NeighboursAsync(added, map.Contract?.Id, cancellationToken), map.Verify);
        if (screening.RefusesDuplicates)
        {
            _contest.Open();
        }

        return screening.RefusesDuplicates;
    }

    /// <summary>
    /// Looks a second time, after the row is durable and searchable. When this person has to give way, the write is undone and refused.
    /// </summary>
    private async Task SettleAsync(List<FaceState> added, PersonState? before, CancellationToken cancellationToken)
    {
        Neighbours found = await NeighboursAsync(added, _row.State.Contract, cancellationToken);
        LookAlike? asked = await _contest.AskAsync(found, added, (other, self) =>
            _tools.Grains.Peer(_key.Gallery, other).ContestAsync(self));
        LookAlike? winner = _contest.Close(asked, found.Complete);
        if (winner is not null || !found.Complete)
        {
            await _person.Erasure.WithdrawAsync(before);
            throw winner is not null ? EnrolmentScreening.Duplicate(winner) : EnrolmentScreening.NotCompared();
        }
    }

    private Task<Neighbours> NeighboursAsync(List<FaceState> faces, string? contract, CancellationToken cancellationToken) =>
        Neighbours.FindAsync(_tools.Grains, _key, _row.State.DifferentFrom ?? [], faces, contract, cancellationToken);
}
