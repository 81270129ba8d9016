using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.Galleries;

// Moving to another model while the gallery is used. People and shards hold vectors of both contracts, and the gallery's map says which of the two is searched; each change of that is a new turn:
// 1. maps are withheld;
// 2. every shard reads the new contractRevision, and from then on refuses whoever asks or tells by an older one (they ask again with a fresh map);
// 3. the row says the new contractRevision, and maps are given out again.
// So a search sees one contract throughout, and whoever was enrolled before it began is in that search.
public sealed partial class GalleryGrain
{
    /// <inheritdoc/>
    public async Task<MigrationInfo> BeginAsync(MigrationWish wish, int contractRevision, CancellationToken cancellationToken)
    {
        GalleryState now = RequireGallery();
        if (now.Move is { } underWay)
        {
            return underWay.State == MigrationState.Filling && underWay.To.Profile() == wish.Embedder
                ? MigrationOf(now, _progress)!
                : throw Conflict($"The gallery is moving to '{underWay.To.Id}' already; that move has to be finished or given up first.");
        }

        RequireContractRevision(contractRevision);
        if (now.Contract?.Profile() is null)
        {
            throw Conflict("The gallery has no contract of an embedder to move from: it is bound by its first enrolment, or its vectors come from its callers.");
        }

        EmbedderInfo target = await TargetAsync(wish.Embedder, cancellationToken);
        if (target.Contract == now.Contract)
        {
            throw Conflict($"The gallery holds vectors of '{target.Contract.Id}' already.");
        }

        var side = new ContractSide(
            target.Contract,
            FixedDistance(now.VerifyThreshold, wish.VerifyThreshold, "verifyThreshold"),
            FixedDistance(now.IdentifyThreshold, wish.IdentifyThreshold, "identifyThreshold"),
            target.Verify,
            target.Identify,
            target.Errors,
            Alikeness: null);
        if (now.Policy is { } policy)
        {
            RequireCarried(target.Errors, policy, (await GetAsync(cancellationToken))?.People ?? 0);
        }

        GalleryState next = now.Copy();
        next.Move = new GalleryMove(MigrationState.Filling, now.Contract, target.Contract, side, time.GetUtcNow());
        await AdvanceContractRevisionAsync(next);
        LogMove(logger, _gallery, "begun");
        return MigrationOf(row.State, _progress)!;
    }

    /// <inheritdoc/>
    public Task<MigrationInfo?> GetMigrationAsync() => Task.FromResult(_map is null ? null : MigrationOf(row.State, _progress));

    /// <inheritdoc/>
    public Task<MigrationInfo> SwitchAsync(int contractRevision, bool leave, CancellationToken cancellationToken) => SwapAsync(contractRevision, MigrationState.Filling, MigrationState.Switched, leave, cancellationToken);

    /// <inheritdoc/>
    public Task<MigrationInfo> RollBackAsync(int contractRevision, bool leave, CancellationToken cancellationToken) => SwapAsync(contractRevision, MigrationState.Switched, MigrationState.Filling, leave, cancellationToken);

    /// <inheritdoc/>
    public async Task<MigrationInfo> FinishAsync(int contractRevision, bool switched, CancellationToken cancellationToken)
    {
        GalleryMove move = RequireMove();
        if (move.State == MigrationState.Finishing)
        {
            return MigrationOf(row.State, _progress)!; // Asked for before.
        }

        RequireContractRevision(contractRevision);
        if (switched != (move.State == MigrationState.Switched))
        {
            throw Conflict(switched ? "The gallery has not been switched to the new model yet: switch first, or give the move up." : "The gallery has been switched to the new model: finish the move, or roll it back first.");
        }

        GalleryState next = row.State.Copy();
        next.Move = move with { State = MigrationState.Finishing };
        await AdvanceContractRevisionAsync(next);
        LogMove(logger, _gallery, switched ? "finishing" : "given up");
        return MigrationOf(row.State, _progress)!;
    }

    /// <summary>A gallery's move as callers see it.</summary>
    private static MigrationInfo? MigrationOf(GalleryState state, MoveProgress? progress) => state.Move is not { } move ? null : new MigrationInfo(
        move.State == MigrationState.Filling && progress is { Complete: true } ? MigrationState.Ready : move.State,
        move.From,
        move.To,
        move.StartedAt,
        state.ContractRevision,
        progress?.Report);

    private async Task<MigrationInfo> SwapAsync(int contractRevision, MigrationState from, MigrationState to, bool leave, CancellationToken cancellationToken)
    {
        GalleryMove move = RequireMove();
        if (move.State == to)
        {
            return MigrationOf(row.State, _progress)!; // Asked for before.
        }

        RequireContractRevision(contractRevision);
        if (move.State != from)
        {
            throw Conflict("The move is being finished; there is nothing to switch to any more.");
        }

        await RequireEverybodyAsync(move.Other.Contract, leave);
        cancellationToken.ThrowIfCancellationRequested();
        GalleryState next = row.State.Copy();
        ContractSide searched = next.Side;
        next.Side = move.Other;
        next.Move = move with { State = to, Other = searched };
        next.NamesNeeded = true;
        await AdvanceContractRevisionAsync(next);
        LogMove(logger, _gallery, to == MigrationState.Switched ? "switched" : "rolled back");
        return MigrationOf(row.State, _progress)!;
    }

    /// <summary>Has every shard compared with its rows, so that everybody who has vectors of the contract is found under it, and counts who has not.</summary>
    private async Task RequireEverybodyAsync(Contract contract, bool leave)
    {
        ShardAudit?[] audits = await Task.WhenAll(ShardsOf(row.State.Level).Select(shard => shard.AuditAsync(contract.Id)));
        if (Array.Exists(audits, audit => audit is null))
        {
            throw new FaceGridException(ErrorCodes.ShardsMissing, "The gallery is being rearranged; try again.");
        }

        long lacking = audits.Sum(audit => audit!.Value.Lacking);
        if (lacking > 0 && _progress is not { Complete: true })
        {
            throw new FaceGridException(ErrorCodes.MigrationNotReady, $"{lacking} people have no vectors of '{contract.Id}' yet, and some may still be made; look at the move's progress and try again.");
        }

        if (lacking > 0 && !leave)
        {
            throw new FaceGridException(
                ErrorCodes.PeopleLacking,
                $"{lacking} people have faces without a vector of '{contract.Id}', and none can be made for them. Enrol them again (the move's list names them), or say that they may be left: they stay enrolled and are not found by those faces.");
        }
    }

    /// <summary>Puts a state with other contracts, or another one of them searched, in force.</summary>
    private async Task AdvanceContractRevisionAsync(GalleryState next)
    {
        next.ContractRevision = row.State.ContractRevision + 1;
        _switching = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _switchingTo = MapOf(next);
        try
        {
            // A shard that is started meanwhile reads it as well. Where this fails nothing is saved, and shards that were told learn from the next caller that it came to nothing.
            await Task.WhenAll(ShardsOf(next.Level).Select(shard => shard.RefreshAsync()));
            await SaveAsync(next);
        }
        finally
        {
            TaskCompletionSource switching = _switching;
            _switching = null;
            _switchingTo = null;
            switching.SetResult();
        }

        _progress = null;
        MoveOn();
    }

    private async Task<EmbedderInfo> TargetAsync(string embedder, CancellationToken cancellationToken)
    {
        ClusterInfo cluster = await GrainFactory.GetGrain<IClusterGrain>(0).GetEmbeddersAsync(cancellationToken);
        return cluster.Embedders.Values.SelectMany(info => info.All).FirstOrDefault(info => info.Embedder == embedder) ?? throw new FaceGridException(
            ErrorCodes.ModelUnavailable,
            "No embedder of the grid runs the profile that was asked for. Give the embedder nodes FaceGrid__Vision__NextEmbedder with its id, start them again, and repeat.");
    }

    private static float? FixedDistance(float? now, float? wanted, string name) => wanted switch
    {
        null when now is not null => throw new FaceGridException(
            ErrorCodes.InvalidParameter, $"The gallery decides by a fixed {name}, and a distance of one model means nothing for another: give {name} for the new one, or set a promise first."),
        not null and not (>= 0 and <= 2) => throw new FaceGridException(ErrorCodes.InvalidParameter, $"{name} is a distance, 0 to 2."),
        _ => wanted,
    };

    private GalleryState RequireGallery() => _map is null ? throw new FaceGridException(ErrorCodes.GalleryNotFound, "There is no such gallery.") : row.State;

    private GalleryMove RequireMove() => RequireGallery().Move ?? throw new FaceGridException(ErrorCodes.NoMigration, "The gallery is not moving to another model.");

    private void RequireContractRevision(int contractRevision)
    {
        if (contractRevision != row.State.ContractRevision)
        {
            throw Conflict("Something has changed since the move was last looked at; look again and repeat.");
        }
    }

    private static FaceGridException Conflict(string detail) => new(ErrorCodes.MigrationConflict, detail);
}
