using System.Diagnostics;
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
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace FaceGrid.Grains.Search;

/// <inheritdoc cref="IIdentifyGrain"/>
[StatelessWorker]
[Reentrant]
[RequireRole(Roles.Shards)]
[GrainType("identify")]
public sealed partial class IdentifyGrain(
    GalleryMaps maps,
    ShardPlaces places,
    IOptions<GridOptions> options,
    TimeProvider time,
    ILogger<IdentifyGrain> logger) : Grain, IIdentifyGrain
{
    // How clear an answer is shows only beside the next nearest person.
    private const int RunnersUp = 2;

    /// <inheritdoc/>
    public async Task<IdentifyAnswer> IdentifyAsync(IdentifyRequest request, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(options.Value.SearchDeadline, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        for (int attempt = 0; ; attempt++)
        {
            GalleryMap map = await MapAsync(request.Gallery, fresh: attempt > 0, limit.Token, cancellationToken);
            if (attempt == 0 && NamesAnotherContract(request, map))
            {
                // The caller may know a newer map than this silo's copy.
                map = await MapAsync(request.Gallery, fresh: true, limit.Token, cancellationToken);
            }

            Found found = map.Contract is null
                ? new Found([], 1 << map.Level)
                : await ScatterAsync(request, map, limit.Token, cancellationToken);
            if (!found.Answers.Exists(answer => answer.Status == ShardStatus.WrongMap))
            {
                GridMetrics.Search.Record(time.GetElapsedTime(start).TotalSeconds);
                return Gather(request, map, found);
            }

            if (deadline.IsCancellationRequested)
            {
                throw new FaceGridException(ErrorCodes.ShardsMissing, "The gallery is being rearranged; try again.");
            }

            await Task.Delay(Backoff.Pause(attempt, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(50)), time, cancellationToken);
        }
    }

    private static bool NamesAnotherContract(IdentifyRequest request, GalleryMap map) =>
        map.Contract is { } known && Array.Exists(request.Probes, probe => probe.Contract is not null && probe.Contract != known.Id);

    /// <summary>
    /// Reads the map. With a map without a contract no shard is asked, so none could say that the map is old: a copy of such a map is not
    /// enough.
    /// </summary>
    private async Task<GalleryMap> MapAsync(string gallery, bool fresh, CancellationToken limit, CancellationToken cancellationToken)
    {
        try
        {
            GalleryMap map = await maps.GetAsync(gallery, fresh, limit).AsTask().WaitAsync(limit);
            return map.Contract is null && !fresh ? await maps.GetAsync(gallery, fresh: true, limit).AsTask().WaitAsync(limit) : map;
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FaceGridException(ErrorCodes.ShardsMissing, "The gallery does not say where its shards are; try again.", late);
        }
    }

    private static ShardQuery QueryOf(IdentifyRequest request, GalleryMap map)
    {
        int dimension = map.Contract!.Dimension;
        float[] units = new float[request.Probes.Length * dimension];
        for (int i = 0; i < request.Probes.Length; i++)
        {
            Probe probe = request.Probes[i];
            if (map.Contract.RefusalOf(probe.Contract, map.NamesNeeded) is { } refusal)
            {
                throw new FaceGridException(ErrorCodes.ContractMismatch, refusal);
            }

            Vectors.ToUnit(probe.Vector, dimension).CopyTo(units, i * dimension);
        }

        return new ShardQuery(map.Epoch, Vectors.ToBytes(units), request.Probes.Length, Math.Max(request.Limit, RunnersUp))
        {
            Contract = map.Contract.Id,
            ContractRevision = map.ContractRevision,
        };
    }

    private async Task<Found> ScatterAsync(
        IdentifyRequest request, GalleryMap map, CancellationToken limit, CancellationToken cancellationToken)
    {
        ShardQuery query = QueryOf(request, map);
        using Activity? span = GridMetrics.Spans.StartActivity("scatter")
            ?.SetTag("facegrid.shards", 1 << map.Level)
            .SetTag("facegrid.probes", request.Probes.Length);
        SiloAddress[] silos = places.Silos;
        SiloAddress[] at = silos.Length > 0 ? places.PlacesOf(request.Gallery, map.Level, silos) : [];
        NodeAnswer?[] first = await Task.WhenAll(Enumerable.Range(0, at.Length)
            .GroupBy(index => at[index])
            .Select(here => AskNodeAsync(here.Key, new NodeQuery(request.Gallery, map.Level, [.. here], query), limit)));
        NodeAnswer[] answers = [.. first.OfType<NodeAnswer>()];
        var found = new Found([.. answers.Select(answer => answer.Answer)], answers.Sum(answer => answer.Answered.Length));
        if (found.Answers.Exists(answer => answer.Status == ShardStatus.WrongMap))
        {
            return found;
        }

        // Shards that were not where they belong are on their way there, or their silo has just died. They are asked by name, wherever
        // they are.
        IEnumerable<int> missing = Enumerable.Range(0, 1 << map.Level).Except(answers.SelectMany(answer => answer.Answered));
        ShardAnswer?[] named = await Task.WhenAll(missing.Select(index =>
            AskAsync(new ShardKey(request.Gallery, map.Level, index), query, limit, cancellationToken)));
        return new Found([.. found.Answers, .. named.OfType<ShardAnswer>()], found.Shards + named.OfType<ShardAnswer>().Count());
    }

    /// <summary>Asks all shards of a silo at once; null when it does not answer.</summary>
    private async Task<NodeAnswer?> AskNodeAsync(SiloAddress silo, NodeQuery query, CancellationToken limit)
    {
        try
        {
            return await GrainFactory.GetGrain<INodeGrain>(silo.ToParsableString()).SearchAsync(query, limit).WaitAsync(limit);
        }
        catch (Exception failure) when (TransientFailures.Includes(failure, CancellationToken.None))
        {
            return null;
        }
    }

    /// <summary>Asks one shard until it answers or the deadline passes; null when it did not.</summary>
    private async Task<ShardAnswer?> AskAsync(
        ShardKey shard, ShardQuery query, CancellationToken limit, CancellationToken cancellationToken)
    {
        Exception? last = null;
        for (int attempt = 0; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (limit.IsCancellationRequested)
            {
                LogMissing(logger, shard.ToString(), last);
                return null;
            }

            try
            {
                // The shard is told when no caller waits any more.
                return await GrainFactory.GetGrain<IShardGrain>(shard.ToString()).SearchAsync(query, limit).WaitAsync(limit);
            }
            catch (Exception failure) when (TransientFailures.Includes(failure, cancellationToken))
            {
                last = failure;
                TimeSpan pause = Backoff.Pause(attempt, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(200));
                await Task.Delay(pause, time, cancellationToken);
            }
        }
    }

    private static IdentifyAnswer Gather(IdentifyRequest request, GalleryMap map, Found found)
    {
        int asked = 1 << map.Level;
        GridMetrics.ShardsAsked.Add(asked);
        GridMetrics.ShardsAnswered.Add(found.Shards);
        if (found.Shards < asked)
        {
            GridMetrics.PartialSearches.Add(1);
            if (!request.AllowPartial)
            {
                throw new FaceGridException(ErrorCodes.ShardsMissing, $"{asked - found.Shards} of {asked} shards did not answer.");
            }
        }

        long people = found.Answers.Sum(answer => answer.People);
        Threshold threshold = Promises.Identify(map, request.Threshold, people);
        ShardAnswer[] answers = [.. found.Answers.Where(answer => answer.Candidates.Length > 0)];
        int limit = Math.Max(request.Limit, RunnersUp);
        ProbeAnswer[] merged =
        [
            .. Enumerable.Range(0, request.Probes.Length)
                .Select(probe => Decide(Merging.Nearest(answers, probe, limit), threshold, request.Limit)),
        ];
        return new IdentifyAnswer(merged, threshold, asked, found.Shards, people);
    }

    private static ProbeAnswer Decide(ShardCandidate[] nearest, Threshold threshold, int limit)
    {
        Candidate[] candidates =
        [
            .. nearest.Take(limit)
                .Select(candidate => new Candidate(candidate.Person, candidate.FaceId, MathF.Sqrt(candidate.SquaredDistance))),
        ];
        bool match = candidates.Length > 0 && threshold.Matches(candidates[0].Distance);
        float? runnerUp = nearest.Length > 1 ? MathF.Sqrt(nearest[1].SquaredDistance) : null;
        return new ProbeAnswer(match ? candidates[0].Person : null, candidates, runnerUp);
    }

    /// <summary>What came back.</summary>
    /// <param name="Answers">Of shards, or merged by silo.</param>
    /// <param name="Shards">How many shards they speak for.</param>
    private sealed record Found(List<ShardAnswer> Answers, int Shards);

    [LoggerMessage(1, LogLevel.Warning, "Shard {Shard} did not answer a search in time")]
    private static partial void LogMissing(ILogger logger, string shard, Exception? cause);
}
