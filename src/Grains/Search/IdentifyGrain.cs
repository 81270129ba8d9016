using System.Diagnostics;
using FaceGrid.Grains.Cluster;
using FaceGrid.Grains.Galleries;
using FaceGrid.Grains.Placement;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace FaceGrid.Grains.Search;

/// <inheritdoc cref="IIdentifyGrain"/>
[StatelessWorker]
[Reentrant]
[RequireRole(Roles.Shards)]
public sealed partial class IdentifyGrain(GalleryMaps maps, IOptions<GridOptions> options, TimeProvider time, ILogger<IdentifyGrain> logger) : Grain, IIdentifyGrain
{
    /// <inheritdoc/>
    public async Task<IdentifyAnswer> IdentifyAsync(IdentifyRequest request, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(options.Value.SearchDeadline, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        for (int attempt = 0; ; attempt++)
        {
            GalleryMap map = await MapAsync(request.Gallery, fresh: attempt > 0, limit.Token, cancellationToken);
            ShardAnswer?[] answers = map.Contract is null ? [] : await ScatterAsync(request, map, limit.Token, cancellationToken);
            bool wrongMap = Array.Exists(answers, answer => answer?.Status == ShardStatus.WrongMap);
            if (!wrongMap)
            {
                GridMetrics.Search.Record(time.GetElapsedTime(start).TotalSeconds);
                return Gather(request, map, answers);
            }

            if (deadline.IsCancellationRequested)
            {
                throw new FaceGridException(ErrorCodes.ShardsMissing, "The gallery is being rearranged; try again.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(1 << Math.Min(attempt, 6), 50)), time, cancellationToken);
        }
    }

    /// <summary>Reads the map. One without a contract asks no shard that could say it is old, so a copy of such a map is not enough.</summary>
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

    private async Task<ShardAnswer?[]> ScatterAsync(IdentifyRequest request, GalleryMap map, CancellationToken limit, CancellationToken cancellationToken)
    {
        int dimension = map.Contract!.Dimension;
        float[] units = new float[request.Probes.Length * dimension];
        for (int i = 0; i < request.Probes.Length; i++)
        {
            Probe probe = request.Probes[i];
            if (probe.Contract is not null && probe.Contract != map.Contract.Id)
            {
                throw new FaceGridException(ErrorCodes.ContractMismatch, $"The vector was made under contract '{probe.Contract}', the gallery holds '{map.Contract.Id}'.");
            }

            Vectors.ToUnit(probe.Vector, dimension).CopyTo(units, i * dimension);
        }

        using Activity? span = GridMetrics.Spans.StartActivity("scatter")?.SetTag("facegrid.shards", 1 << map.Level).SetTag("facegrid.probes", request.Probes.Length);
        var query = new ShardQuery(map.Epoch, Vectors.ToBytes(units), request.Probes.Length, request.Limit);
        var asked = new Task<ShardAnswer?>[1 << map.Level];
        for (int index = 0; index < asked.Length; index++)
        {
            asked[index] = AskAsync(new ShardKey(request.Gallery, map.Level, index), query, limit, cancellationToken);
        }

        return await Task.WhenAll(asked);
    }

    /// <summary>Asks one shard until it answers or the deadline passes; null when it did not.</summary>
    private async Task<ShardAnswer?> AskAsync(ShardKey shard, ShardQuery query, CancellationToken limit, CancellationToken cancellationToken)
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
                // The shard is told when nobody waits any more.
                return await GrainFactory.GetGrain<IShardGrain>(shard.ToString()).SearchAsync(query, limit).WaitAsync(limit);
            }
            catch (Exception failure) when (TransientFailures.Includes(failure, cancellationToken))
            {
                last = failure;
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(10 << Math.Min(attempt, 5), 200)), time, cancellationToken);
            }
        }
    }

    private static IdentifyAnswer Gather(IdentifyRequest request, GalleryMap map, ShardAnswer?[] answers)
    {
        int asked = 1 << map.Level;
        int answered = map.Contract is null ? asked : answers.Count(answer => answer is not null);
        GridMetrics.ShardsAsked.Add(asked);
        GridMetrics.ShardsAnswered.Add(answered);
        if (answered < asked)
        {
            GridMetrics.PartialSearches.Add(1);
            if (!request.AllowPartial)
            {
                throw new FaceGridException(ErrorCodes.ShardsMissing, $"{asked - answered} of {asked} shards did not answer.");
            }
        }

        Threshold threshold = request.Threshold is { } distance
            ? new Threshold(distance, "request", FalseMatchRate: null)
            : map.Identify ?? new Threshold(0, "none", FalseMatchRate: null);
        var merged = new ProbeAnswer[request.Probes.Length];
        for (int probe = 0; probe < merged.Length; probe++)
        {
            merged[probe] = Merge(answers, probe, request.Limit, threshold);
        }

        return new IdentifyAnswer(merged, threshold, asked, answered, answers.Sum(answer => answer?.People ?? 0));
    }

    private static ProbeAnswer Merge(ShardAnswer?[] answers, int probe, int limit, Threshold threshold)
    {
        var all = new List<ShardCandidate>();
        foreach (ShardAnswer? answer in answers)
        {
            all.AddRange(answer?.Candidates[probe] ?? []);
        }

        all.Sort(static (a, b) => a.SquaredDistance.CompareTo(b.SquaredDistance) is var order and not 0 ? order : string.CompareOrdinal(a.Person, b.Person));
        Candidate[] candidates = [.. all.Take(limit).Select(candidate => new Candidate(candidate.Person, candidate.FaceId, MathF.Sqrt(candidate.SquaredDistance)))];
        bool match = threshold.Origin != "none" && candidates.Length > 0 && candidates[0].Distance <= threshold.Distance;
        return new ProbeAnswer(match ? candidates[0].Person : null, candidates);
    }

    [LoggerMessage(1, LogLevel.Warning, "Shard {Shard} did not answer a search in time")]
    private static partial void LogMissing(ILogger logger, string shard, Exception? cause);
}
