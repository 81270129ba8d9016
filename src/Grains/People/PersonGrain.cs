using System.Runtime.InteropServices;
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Cluster;
using FaceGrid.Grains.Maps;
using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;
using FaceGrid.Search;
using FaceGrid.Storage;
using FaceGrid.Storage.Sightings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FaceGrid.Grains.People;

/// <inheritdoc cref="IPersonGrain"/>
[RequireRole(Roles.People)]
[GrainType("person")]
public sealed partial class PersonGrain(
    [PersistentState(StateNames.Person, StateNames.Provider)] IPersistentState<PersonState> row,
    IGrainFactory grains,
    GalleryMaps maps,
    SiloLease lease,
    CatchUps catchUps,
    IGrainRows rows,
    ISightingRows sightings,
    CropRows crops,
    IOptions<GridOptions> options,
    TimeProvider time,
    ILogger<PersonGrain> logger) : Grain, IPersonGrain, IPersonPeerGrain, INeedsSiloLease, IIncomingGrainCallFilter
{
    private const int LabelsMax = 32;

    private readonly long _made = time.GetTimestamp(); // Before the row is read.
    private PersonKey _key;
    private long _absence = NewAbsence();
    private IGrainTimer? _catchUp;
    private PersonEntry? _owed;
    private long _owedSince;
    private int _attempts;
    private GalleryMap? _told;

    /// <summary>Runs a call; refuses it where the row is damaged, unless it is to delete the person.</summary>
    /// <param name="context">The call.</param>
    /// <returns>When it has ended.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.RowDamaged"/>.</exception>
    public Task Invoke(IIncomingGrainCallContext context)
    {
        if (!row.State.IsDamaged || context.MethodName is nameof(DeleteAsync) or nameof(GetRowVersionAsync))
        {
            return context.Invoke();
        }

        DeactivateOnIdle(); // The next call reads the row anew: somebody may have restored it.
        throw new FaceGridException(ErrorCodes.RowDamaged, "The person's row is damaged: restore it from a backup, or delete the person and enrol them again.");
    }

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = PersonKey.Parse(this.GetPrimaryKeyString());
        if (await lease.WaitForExpiredLeasesAsync(_made, cancellationToken))
        {
            await row.ReadStateAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Owe(null); // What was owed is found by the shard when it loads, or by its self-check.
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<long> GetRowVersionAsync() => Task.FromResult(RowVersion);

    /// <inheritdoc/>
    public async Task<WriteResult> WriteAsync(PersonWrite write, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteOnceAsync(write, cancellationToken);
        }
        finally
        {
            (_rivals, _withdrawing) = (null, false);
        }
    }

    private async Task<WriteResult> WriteOnceAsync(PersonWrite write, CancellationToken cancellationToken)
    {
        GalleryMap map = await MapAsync(cancellationToken);
        CheckRowVersion(write.RowVersion);
        CheckText(write);
        if (_owed is null && catchUps.IsFull)
        {
            throw new FaceGridException(ErrorCodes.Busy, "Too many people wait for their shards, which do not answer; try again.");
        }

        if (write.Faces.Length > 0 && map.Contract is null)
        {
            map = await BindAsync(write.Faces, cancellationToken);
        }

        if (!Array.TrueForAll(write.Faces, face => Knows(map, face)))
        {
            map = await maps.GetAsync(_key.Gallery, fresh: true, cancellationToken); // The caller may know a newer one than this silo's copy.
        }

        bool created = !Exists(map);
        RequireNoMerge();
        PersonState before = row.State;
        PersonState next = Copy(map);
        List<FaceState> added = NewFaces(next, write, map, out bool mended);
        bool contested = await ScreenAsync(next, added, write.Force, map, cancellationToken);
        Add(next, added, map);
        if (ChangeText(next, write) || created || mended || added.Count > 0)
        {
            next.Revision = NextRevision();
            await SaveAsync(next);
        }

        await KeepCropsAsync(write.Faces, before, cancellationToken);
        bool searchable = await MakeSearchableAsync(Entry(row.State), cancellationToken) && IsFoundBy(write.Faces);
        if (contested)
        {
            await SettleAsync(added, created ? null : before, cancellationToken);
        }

        if (write.Bulk)
        {
            Leave();
        }

        return new WriteResult(Info(vectors: false), created, searchable);
    }

    /// <inheritdoc/>
    public async Task<PersonInfo?> GetAsync(bool vectors, CancellationToken cancellationToken)
    {
        GalleryMap map = await MapAsync(cancellationToken);
        if (Exists(map))
        {
            return Info(vectors, map);
        }

        Leave();
        return null;
    }

    /// <inheritdoc/>
    public async Task<VerifyResult> VerifyAsync(Probe probe, CancellationToken cancellationToken)
    {
        GalleryMap map = await RequirePersonAsync(cancellationToken);
        if (probe.Contract is not null && probe.Contract != map.Contract?.Id)
        {
            map = await maps.GetAsync(_key.Gallery, fresh: true, cancellationToken);
        }

        FaceState[] faces = [.. row.State.ArrangedFor(map).Faces.Where(face => face.IsSearched)];
        if (faces.Length == 0 || map.Contract is null)
        {
            throw new FaceGridException(ErrorCodes.FaceNotFound, "The person has no face to compare with.");
        }

        float[] unit = ToUnit(probe.Vector, probe.Contract, map);
        (FaceState Face, float Squared) best = (faces[0], float.PositiveInfinity);
        foreach (FaceState face in faces)
        {
            float squared = Distance.Squared(unit, MemoryMarshal.Cast<byte, float>(face.Vector));
            if (squared < best.Squared)
            {
                best = (face, squared);
            }
        }

        float distance = MathF.Sqrt(best.Squared);
        Threshold threshold = map.Verify ?? Threshold.None;
        return new VerifyResult(threshold.Matches(distance), distance, best.Face.Id, threshold);
    }

    // A copy of the map may be older than the row. Where the two disagree about the gallery's life, or about the contracts it holds, the gallery itself is asked.
    private async Task<GalleryMap> MapAsync(CancellationToken cancellationToken)
    {
        GalleryMap map = await maps.GetAsync(_key.Gallery, fresh: false, cancellationToken);
        if (!row.RecordExists || (row.State.Epoch == map.Epoch && row.State.HoldsOnly(map)))
        {
            return map;
        }

        map = await maps.GetAsync(_key.Gallery, fresh: true, cancellationToken);
        if (row.State.Epoch != map.Epoch)
        {
            await row.ReadStateAsync(cancellationToken); // What is in memory is of an earlier life of the gallery; its row went with it.
        }

        return map;
    }

    private async Task<GalleryMap> RequirePersonAsync(CancellationToken cancellationToken)
    {
        GalleryMap map = await MapAsync(cancellationToken);
        if (!Exists(map))
        {
            Leave();
            throw new FaceGridException(ErrorCodes.PersonNotFound, "The person is not enrolled in this gallery.");
        }

        return map;
    }

    // A row of an earlier life of the gallery counts as no row.
    private bool Exists(GalleryMap map) => row.RecordExists && row.State.Epoch == map.Epoch;

    private PersonState Copy(GalleryMap map)
    {
        PersonState next = Exists(map) ? row.State.ArrangedFor(map).Copy() : new PersonState { Revision = row.State.Revision };
        next.Epoch = map.Epoch;
        return next;
    }

    private static bool ChangeText(PersonState next, PersonWrite write)
    {
        bool changed = false;
        if (write.Name is not null && write.Name != next.Name)
        {
            next.Name = write.Name;
            changed = true;
        }

        if (write.Labels is not null && !SameLabels(write.Labels, next.Labels))
        {
            next.Labels = new Dictionary<string, string>(write.Labels, StringComparer.Ordinal);
            changed = true;
        }

        return changed;
    }

    private static bool SameLabels(Dictionary<string, string> a, Dictionary<string, string> b) =>
        a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out string? value) && value == pair.Value);

    private static void CheckText(PersonWrite write)
    {
        bool fits = write.Name is null or { Length: <= 256 };
        fits &= write.Labels is null || (write.Labels.Count <= LabelsMax && write.Labels.All(pair => pair.Key.Length is > 0 and <= 64 && pair.Value is { Length: <= 256 }));
        if (!fits)
        {
            throw new FaceGridException(ErrorCodes.InvalidParameter, $"A name has at most 256 characters; at most {LabelsMax} labels, keys of 1 to 64 and values of at most 256 characters.");
        }
    }

    private static float[] ToUnit(byte[] vector, string? contract, GalleryMap map)
    {
        Contract bound = map.Contract!;
        return bound.RefusalOf(contract, map.NamesNeeded) is { } refusal ? throw new FaceGridException(ErrorCodes.ContractMismatch, refusal) : Vectors.ToUnit(vector, bound.Dimension);
    }

    private async Task<GalleryMap> BindAsync(NewFace[] faces, CancellationToken cancellationToken)
    {
        var wanted = new Contract(faces[0].Contract ?? "", faces[0].Vector.Length / sizeof(float));
        foreach (NewFace face in faces)
        {
            // What is refused must not bind the gallery.
            Vectors.ToUnit(face.Vector, wanted.Dimension);
            if ((face.Contract ?? "") != wanted.Id)
            {
                throw new FaceGridException(ErrorCodes.ContractMismatch, "The faces were made under different contracts.");
            }
        }

        long askedAt = time.GetTimestamp();
        GalleryMap map = await grains.GetGrain<IGalleryGrain>(IGalleryGrain.KeyOf(_key.Gallery)).BindAsync(wanted, cancellationToken);
        maps.Learn(_key.Gallery, map, askedAt);
        return map;
    }

    // An absence is named by a number below 0 that no other activation gives it, so that a call which was meant for an absence before somebody came and went does not find it again.
    private long RowVersion => row.RecordExists ? row.State.Revision : _absence;

    private static long NewAbsence() => Random.Shared.NextInt64(long.MinValue, 0);

    private void CheckRowVersion(long? rowVersion)
    {
        if (rowVersion is { } known && known != RowVersion)
        {
            throw new OutdatedRowVersionException();
        }
    }

    private long NextRevision() => Math.Max(row.State.Revision + 1, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / 10);

    private async Task SaveAsync(PersonState next)
    {
        row.State = next;
        await GuardAsync(row.WriteStateAsync);
    }

    // After a failed write nobody knows what the row holds. It is read again, and whatever it says the shard is told.
    private async Task GuardAsync(Func<CancellationToken, Task> operation)
    {
        _absence = NewAbsence();
        try
        {
            await operation(CancellationToken.None);
        }
        catch
        {
            await ReadAgainAsync();
            throw;
        }
    }

    private async Task ReadAgainAsync()
    {
        try
        {
            await row.ReadStateAsync(CancellationToken.None);
            if (row is { RecordExists: true, State.IsDamaged: false })
            {
                CatchUpLater(Entry(row.State), time.GetTimestamp());
            }
        }
        catch (Exception failure)
        {
            LogNotSearchable(logger, _key.Gallery, failure);
            DeactivateOnIdle(); // The next call reads it; the shard's self-check finds what was lost here.
        }
    }

    private PersonEntry Entry(PersonState state) => PersonRowReader.Entry(_key.Person, state);

    private PersonInfo Info(bool vectors, GalleryMap? map = null) => PersonRowReader.Info(_key.Person, map is null ? row.State : row.State.ArrangedFor(map), vectors);
}
