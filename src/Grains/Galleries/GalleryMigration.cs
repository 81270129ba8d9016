using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.Galleries;

// A gallery migrates to another model while it is used. People and shards hold vectors of both contracts, and the gallery's map says which
// of the two is searched. Each change of that is a new contract revision:
// 1. maps are withheld;
// 2. every shard reads the new revision, and from then on refuses every caller with an older one (they ask again with a fresh map);
// 3. the row says the new revision, and maps are given out again.
// So a search sees one contract throughout, and everybody who was enrolled before it began is in that search.

/// <summary>The steps of a gallery's migration to another model: begin, switch, roll back, finish.</summary>
/// <param name="row">The gallery's row.</param>
/// <param name="shards">Its shards.</param>
/// <param name="embedders">The embedders of the grid.</param>
/// <param name="work">Makes the vectors; knows the progress.</param>
/// <param name="advanced">Called after each new contract revision and at the end, before anything else runs.</param>
/// <param name="time">Clock.</param>
/// <param name="log">Takes the name of each step that was done.</param>
internal sealed class GalleryMigration(
    GalleryRow row,
    GalleryShards shards,
    GalleryEmbedders embedders,
    MigrationWork work,
    Action advanced,
    TimeProvider time,
    Action<string> log)
{
    /// <summary>The migration as it stands, or null.</summary>
    public MigrationInfo? Info => GalleryViews.MigrationOf(row.State, work.Report);

    /// <inheritdoc cref="IMigrationGrain.BeginAsync"/>
    public async Task<MigrationInfo> BeginAsync(
        MigrationRequest request, int contractRevision, Func<Task<long>> countPeople, CancellationToken cancellationToken)
    {
        GalleryState now = RequireGallery();
        if (now.Migration is { } underWay)
        {
            return underWay.State == MigrationState.Filling && underWay.To.Profile() == request.Embedder
                ? Info!
                : throw Conflict(
                    $"The gallery migrates to '{underWay.To.Id}' already; that migration has to be finished or given up first.");
        }

        RequireContractRevision(contractRevision);
        if (now.Contract?.Profile() is null)
        {
            throw Conflict(
                "The gallery has no contract of an embedder to migrate from: "
                + "it is bound by its first enrolment, or its vectors come from its callers.");
        }

        EmbedderInfo target = await embedders.OfProfileAsync(request.Embedder, cancellationToken);
        if (target.Contract == now.Contract)
        {
            throw Conflict($"The gallery holds vectors of '{target.Contract.Id}' already.");
        }

        var side = new ContractSide(
            target.Contract,
            GalleryRules.FixedDistance(now.VerifyThreshold, request.VerifyThreshold, "verifyThreshold"),
            GalleryRules.FixedDistance(now.IdentifyThreshold, request.IdentifyThreshold, "identifyThreshold"),
            target.Verify,
            target.Identify,
            target.Errors,
            Alikeness: null);
        if (now.Policy is { } policy)
        {
            GalleryRules.RequireCarried(target.Errors, policy, await countPeople());
        }

        GalleryState next = now.Copy();
        next.Migration = new StoredMigration(MigrationState.Filling, now.Contract, target.Contract, side, time.GetUtcNow());
        await AdvanceContractRevisionAsync(next);
        log("begun");
        return Info!;
    }

    /// <inheritdoc cref="IMigrationGrain.SwitchAsync"/>
    public Task<MigrationInfo> SwitchAsync(int contractRevision, bool leave, CancellationToken cancellationToken) =>
        ChangeSearchedAsync(contractRevision, MigrationState.Filling, MigrationState.Switched, leave, cancellationToken);

    /// <inheritdoc cref="IMigrationGrain.RollBackAsync"/>
    public Task<MigrationInfo> RollBackAsync(int contractRevision, bool leave, CancellationToken cancellationToken) =>
        ChangeSearchedAsync(contractRevision, MigrationState.Switched, MigrationState.Filling, leave, cancellationToken);

    /// <inheritdoc cref="IMigrationGrain.FinishAsync"/>
    public async Task<MigrationInfo> FinishAsync(int contractRevision, bool switched)
    {
        StoredMigration migration = RequireMigration();
        if (migration.State == MigrationState.Finishing)
        {
            return Info!; // Asked for before.
        }

        RequireContractRevision(contractRevision);
        if (switched != (migration.State == MigrationState.Switched))
        {
            throw Conflict(switched
                ? "The gallery has not been switched to the new model yet: switch first, or give the migration up."
                : "The gallery has been switched to the new model: finish the migration, or roll it back first.");
        }

        GalleryState next = row.State.Copy();
        next.Migration = migration with { State = MigrationState.Finishing };
        await AdvanceContractRevisionAsync(next);
        log(switched ? "finishing" : "given up");
        return Info!;
    }

    /// <summary>Ends a migration of which nothing is left to erase.</summary>
    /// <param name="seen">The map that was in force when nothing was found; where it has changed, nothing is done.</param>
    /// <returns>When the row says so.</returns>
    public async Task EndAsync(GalleryMap seen)
    {
        if (row.Map is null || row.State.Migration is null
            || row.State.Epoch != seen.Epoch || row.State.ContractRevision != seen.ContractRevision)
        {
            return;
        }

        GalleryState next = row.State.Copy();
        next.Migration = null;
        await row.SaveAsync(next);
        advanced();
        log("ended");
    }

    private async Task<MigrationInfo> ChangeSearchedAsync(
        int contractRevision, MigrationState from, MigrationState to, bool leave, CancellationToken cancellationToken)
    {
        StoredMigration migration = RequireMigration();
        if (migration.State == to)
        {
            return Info!; // Asked for before.
        }

        RequireContractRevision(contractRevision);
        if (migration.State != from)
        {
            throw Conflict("The migration is being finished; there is nothing to switch to any more.");
        }

        await RequireEverybodyAsync(migration.Other.Contract, leave);
        cancellationToken.ThrowIfCancellationRequested();
        GalleryState next = row.State.Copy();
        ContractSide searched = next.Side;
        next.Side = migration.Other;
        next.Migration = migration with { State = to, Other = searched };
        next.NamesNeeded = true;
        await AdvanceContractRevisionAsync(next);
        log(to == MigrationState.Switched ? "switched" : "rolled back");
        return Info!;
    }

    /// <summary>
    /// Has every shard compared with its rows, so that everybody with vectors of the contract is found under it, and counts those without.
    /// </summary>
    private async Task RequireEverybodyAsync(Contract contract, bool leave)
    {
        ShardAudit?[] audits = await Task.WhenAll(shards.At(row.State.Level).Select(shard => shard.AuditAsync(contract.Id)));
        if (Array.Exists(audits, audit => audit is null))
        {
            throw new FaceGridException(ErrorCodes.ShardsMissing, "The gallery is being rearranged; try again.");
        }

        long lacking = audits.Sum(audit => audit!.Value.Lacking);
        if (lacking > 0 && work.Report is not { Complete: true })
        {
            throw new FaceGridException(
                ErrorCodes.MigrationNotReady,
                $"{lacking} people have no vectors of '{contract.Id}' yet, and some may still be made; "
                + "look at the migration's progress and try again.");
        }

        if (lacking > 0 && !leave)
        {
            throw new FaceGridException(
                ErrorCodes.PeopleLacking,
                $"{lacking} people have faces without a vector of '{contract.Id}', and none can be made for them. "
                + "Enrol them again (the migration's list names them), or say that they may be left: "
                + "they stay enrolled and are not found by those faces.");
        }
    }

    /// <summary>Puts a state with other contracts, or with another one of them searched, in force.</summary>
    private async Task AdvanceContractRevisionAsync(GalleryState next)
    {
        next.ContractRevision = row.State.ContractRevision + 1;
        await row.WithholdMapAsync(GalleryViews.MapOf(next), async () =>
        {
            // A shard that is started meanwhile reads the new revision as well. Where this fails nothing is saved, and shards that were
            // told learn from the next caller that it came to nothing.
            await Task.WhenAll(shards.At(next.Level).Select(shard => shard.RefreshAsync()));
            await row.SaveAsync(next);
        });
        work.Forget();
        advanced();
    }

    private GalleryState RequireGallery() =>
        row.Map is null ? throw new FaceGridException(ErrorCodes.GalleryNotFound, "There is no such gallery.") : row.State;

    private StoredMigration RequireMigration() =>
        RequireGallery().Migration ?? throw new FaceGridException(ErrorCodes.NoMigration, "The gallery is not migrating to another model.");

    private void RequireContractRevision(int contractRevision)
    {
        if (contractRevision != row.State.ContractRevision)
        {
            throw Conflict("Something has changed since the migration was last looked at; look again and repeat.");
        }
    }

    private static FaceGridException Conflict(string detail) => new(ErrorCodes.MigrationConflict, detail);
}
