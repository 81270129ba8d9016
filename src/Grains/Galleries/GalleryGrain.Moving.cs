using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.People;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;

namespace FaceGrid.Grains.Galleries;

// The work of a move goes over everybody, again and again: what is done is in the people's own rows, so whatever breaks off is simply found undone by the next pass, and nothing has to be remembered.
public sealed partial class GalleryGrain
{
    // Faces of one call to an embedder, and people told at once: little enough that questions of callers pass in between.
    private const int FacesAtOnce = 16;
    private const int PeopleAtOnce = 4;

    private static readonly TimeSpan MoveEvery = TimeSpan.FromSeconds(1);

    // When nothing is left to do, looking again costs a read of all rows: a twentieth of the time at most.
    private const int RestFactor = 20;
    private static readonly TimeSpan RestMin = TimeSpan.FromSeconds(5);

    private MoveProgress? _progress;
    private IGrainTimer? _moving;
    private bool _atWork;
    private long _restsSince;
    private TimeSpan _rest;

    private void MoveOn()
    {
        if (row.State.Move is null || IsDeleting)
        {
            _moving?.Dispose();
            _moving = null;
            _progress = null;
            return;
        }

        _rest = TimeSpan.Zero;
        _moving ??= this.RegisterGrainTimer(MoveAsync, new GrainTimerCreationOptions(TimeSpan.Zero, MoveEvery) { Interleave = true, KeepAlive = true });
    }

    private async Task MoveAsync(CancellationToken cancellationToken)
    {
        if (_atWork || _map is not { } map || row.State.Move is not { } move || time.GetElapsedTime(_restsSince) < _rest)
        {
            return;
        }

        _atWork = true;
        long start = time.GetTimestamp();
        try
        {
            if (move.State == MigrationState.Finishing)
            {
                await TidyAsync(map, cancellationToken);
                return;
            }

            bool more = await FillAsync(map, move.Other.Contract, cancellationToken);
            TimeSpan took = time.GetElapsedTime(start);
            _rest = more ? TimeSpan.Zero : took * RestFactor > RestMin ? took * RestFactor : RestMin;
            _restsSince = time.GetTimestamp();
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (row.State.ContractRevision == map.ContractRevision && failure is FaceGridException problem)
            {
                MigrationProgress report = _progress?.Report ?? new MigrationProgress(0, 0, 0, null);
                _progress = new MoveProgress(report with { Problem = problem.Message }, _progress?.Passed == true, Complete: false);
            }

            GridMetrics.MigrationFailures.Add(1);
            LogMoveFailed(logger, _gallery, failure);
        }
        finally
        {
            _atWork = false;
        }
    }

    /// <summary>One pass: makes what can be made, and counts.</summary>
    /// <returns>True when something was made, so that the next pass is to look again.</returns>
    private async Task<bool> FillAsync(GalleryMap map, Contract contract, CancellationToken cancellationToken)
    {
        long seen = 0, whole = 0, lacking = 0;
        bool made = false;
        var waiting = new List<Waiting>();
        await foreach (GrainRow person in rows.ReadAllAsync(StateNames.Person, _gallery + "/", after: null, cancellationToken))
        {
            if (reader.State(person) is not { } state || state.Epoch != map.Epoch)
            {
                continue;
            }

            FaceState[] missing = [.. state.Faces.Where(face => state.VectorOf(face, contract.Id) is null)];
            seen++;
            whole += missing.Length == 0 ? 1 : 0;
            if (missing.Length > 0)
            {
                waiting.Add(new Waiting(PersonKey.Parse(person.Key), missing.Length, [.. missing.Where(face => face.HasCrop).Select(face => face.Id)]));
            }

            if (waiting.Sum(one => one.Faces.Length) >= FacesAtOnce || waiting.Count > PeopleAtOnce * FacesAtOnce)
            {
                await MakeWaitingAsync();
            }
        }

        await MakeWaitingAsync();
        if (row.State.ContractRevision == map.ContractRevision)
        {
            _progress = new MoveProgress(new MigrationProgress(seen, whole, lacking, Problem: null), Passed: true, Complete: !made);
        }

        return made;

        async Task MakeWaitingAsync()
        {
            foreach (bool? done in await MakeAsync(waiting, contract, cancellationToken))
            {
                whole += done == true ? 1 : 0;
                lacking += done == false ? 1 : 0;
                made |= done != false;
            }

            waiting.Clear();
            if (row.State.ContractRevision != map.ContractRevision)
            {
                throw new OperationCanceledException("The gallery has turned."); // What follows would be for a state that is no more.
            }

            if (_progress is not { Passed: true })
            {
                _progress = new MoveProgress(new MigrationProgress(seen, whole, lacking, Problem: null), Passed: false, Complete: false);
            }
        }
    }

    /// <summary>Makes vectors for some people.</summary>
    /// <returns>For each: true when all their faces have one now, false when some cannot be made, null when it has to be tried again.</returns>
    private async Task<bool?[]> MakeAsync(List<Waiting> some, Contract contract, CancellationToken cancellationToken)
    {
        var done = new bool?[some.Count];
        var wanted = new List<(int Index, string Face, FaceCrop Crop)>();
        for (int index = 0; index < some.Count; index++)
        {
            Dictionary<string, FaceCrop> kept = some[index].Faces.Length == 0 ? [] : await crops.ReadAsync(some[index].Person, cancellationToken);
            wanted.AddRange(some[index].Faces.Where(kept.ContainsKey).Select(face => (index, face, kept[face])));
        }

        var vectors = new List<byte[]?>();
        foreach ((int, string, FaceCrop Crop)[] few in wanted.Chunk(FacesAtOnce))
        {
            vectors.AddRange(await EmbedAsync([.. few.Select(one => one.Crop)], contract, cancellationToken));
        }

        ILookup<int, MadeVector> byPerson = wanted.Zip(vectors).Where(pair => pair.Second is not null).ToLookup(pair => pair.First.Index, pair => new MadeVector(pair.First.Face, pair.Second!));
        foreach (int[] few in Enumerable.Range(0, some.Count).Chunk(PeopleAtOnce))
        {
            await Task.WhenAll(few.Select(async index => done[index] = await TellAsync(some[index], [.. byPerson[index]])));
        }

        GridMetrics.MigratedFaces.Add(vectors.Count(vector => vector is not null));
        return done;

        async Task<bool?> TellAsync(Waiting one, MadeVector[] made) =>
            made.Length == 0 ? false
            : await GrainFactory.GetGrain<IPersonPeerGrain>(one.Person.ToString()).FillAsync(contract.Id, made, cancellationToken) ? made.Length == one.Missing
            : null;
    }

    /// <summary>Asks the least loaded embedder that runs the model.</summary>
    private async Task<byte[]?[]> EmbedAsync(FaceCrop[] faces, Contract contract, CancellationToken cancellationToken)
    {
        ClusterInfo cluster = await GrainFactory.GetGrain<IClusterGrain>(0).GetEmbeddersAsync(cancellationToken);
        string? node = cluster.Embedders.Where(node => node.Value.All.Any(info => info.Contract == contract)).OrderBy(node => node.Value.QueueLength).Select(node => node.Key).FirstOrDefault();
        return node is null
            ? throw new FaceGridException(ErrorCodes.ModelUnavailable, $"No embedder of the grid makes vectors of '{contract.Id}'.")
            : await GrainFactory.GetGrain<IEmbedderGrain>(node).EmbedCropsAsync(faces, contract.Id, cancellationToken);
    }

    /// <summary>One pass that erases what is not held any more; the move ends when it finds nothing.</summary>
    private async Task TidyAsync(GalleryMap map, CancellationToken cancellationToken)
    {
        bool found = false;
        var untidy = new List<IPersonPeerGrain>();
        await foreach (GrainRow person in rows.ReadAllAsync(StateNames.Person, _gallery + "/", after: null, cancellationToken))
        {
            if (reader.State(person) is { } state && state.Epoch == map.Epoch && !state.HoldsOnly(map))
            {
                found = true;
                untidy.Add(GrainFactory.GetGrain<IPersonPeerGrain>(person.Key));
            }

            if (untidy.Count == FacesAtOnce)
            {
                await Task.WhenAll(untidy.Select(one => one.TidyAsync(map.ContractRevision, cancellationToken)));
                untidy.Clear();
            }
        }

        await Task.WhenAll(untidy.Select(one => one.TidyAsync(map.ContractRevision, cancellationToken)));
        if (!found)
        {
            await rows.EraseFreePagesAsync(cancellationToken);
            this.RegisterGrainTimer(token => EndAsync(map), new GrainTimerCreationOptions(TimeSpan.Zero, Timeout.InfiniteTimeSpan)); // On a turn of its own: nothing else may be writing the row.
        }
    }

    private async Task EndAsync(GalleryMap seen)
    {
        if (_map is null || row.State.Epoch != seen.Epoch || row.State.ContractRevision != seen.ContractRevision || row.State.Move is null)
        {
            return;
        }

        GalleryState next = row.State.Copy();
        next.Move = null;
        await SaveAsync(next);
        MoveOn();
        LogMove(logger, _gallery, "ended");
    }

    /// <summary>Somebody who lacks vectors.</summary>
    /// <param name="Person">Who.</param>
    /// <param name="Missing">Faces without a vector.</param>
    /// <param name="Faces">Of these, the ids of those that have a cut-out.</param>
    private sealed record Waiting(PersonKey Person, int Missing, string[] Faces);
}
