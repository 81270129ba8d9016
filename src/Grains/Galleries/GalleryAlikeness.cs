using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.Policies;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Maps;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.Galleries;

/// <summary>
/// Looks now and then at a gallery's own faces. It takes over a calibration that the embedder has got since the contract was bound, and
/// measures how alike the people are: it searches for some of their faces, takes the distance of the nearest other person, and compares it
/// with what the calibration expects among so many.
/// </summary>
/// <param name="gallery">Gallery id.</param>
/// <param name="row">The gallery's row.</param>
/// <param name="shards">Its shards.</param>
/// <param name="embedders">The embedders of the grid.</param>
/// <param name="search">Finds a grain that searches.</param>
/// <param name="onTurn">Runs something when nothing else writes the row.</param>
/// <param name="logger">Log.</param>
internal sealed class GalleryAlikeness(
    string gallery,
    GalleryRow row,
    GalleryShards shards,
    GalleryEmbedders embedders,
    Func<IIdentifyGrain> search,
    Action<Func<Task>> onTurn,
    ILogger logger)
{
    private const int SampledMax = 512;
    private const int ProbesTogether = 16;
    private const double PeopleMin = 50;
    private const double Grown = 1.1;

    // Distance where nobody else is found: the largest between unit vectors.
    private const double DistanceMax = 2;

    private bool _running;

    /// <summary>Looks once, unless that is under way already. A failure is logged, and the next call tries again.</summary>
    /// <param name="cancellationToken">Ends the look; nothing is taken over.</param>
    /// <returns>When done; what was found is written later, on a turn of its own.</returns>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_running || row.Map is not { Contract: { } contract, NextLevel: null } map)
        {
            return;
        }

        _running = true;
        try
        {
            ErrorModel? errors = await embedders.ErrorsAsync(contract, cancellationToken) ?? map.Errors;
            Alikeness? alike = errors is null ? null : await MeasureAsync(map, errors, cancellationToken);
            if (errors != map.Errors || alike is not null)
            {
                onTurn(() => TakeOverAsync(map, errors, alike));
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            GalleryLog.AlikenessFailed(logger, gallery, failure);
        }
        finally
        {
            _running = false;
        }
    }

    /// <summary>Whether it is worth measuring again: the gallery has grown or shrunk by a tenth, or has another calibration.</summary>
    /// <param name="people">People now.</param>
    /// <param name="before">People when it was measured last; 0 for never.</param>
    /// <param name="newErrors">Whether the calibration has changed.</param>
    /// <returns>False also for a gallery with too few people to tell.</returns>
    internal static bool HasReason(long people, long before, bool newErrors) =>
        people >= PeopleMin && (newErrors || people >= before * Grown || people <= before / Grown);

    private async Task TakeOverAsync(GalleryMap seen, ErrorModel? errors, Alikeness? alike)
    {
        if (row.Map is null || row.State.Epoch != seen.Epoch || row.State.ContractRevision != seen.ContractRevision)
        {
            return;
        }

        GalleryState next = row.State.Copy();
        next.Errors = errors;
        next.Alikeness = alike ?? next.Alikeness;
        await row.SaveAsync(next);
    }

    private async Task<Alikeness?> MeasureAsync(GalleryMap map, ErrorModel errors, CancellationToken cancellationToken)
    {
        ShardInfo?[] described = await shards.DescribeAsync(map.Level);
        long people = described.Sum(shard => shard?.People ?? 0);
        long before = row.State.Alikeness?.People ?? 0;
        if (Array.Exists(described, shard => shard is null) || !HasReason(people, before, newErrors: errors != map.Errors))
        {
            return null;
        }

        (List<Probe> probes, List<string> owners, long among) = await SampleAsync(map);
        List<double> nearest = await NearestAsync(probes, owners, cancellationToken);
        return nearest.Count == 0 || among < PeopleMin
            ? null
            : new Alikeness(Promises.Model(errors).ShiftOf(nearest, among - 1), nearest.Count, among);
    }

    private async Task<(List<Probe> Probes, List<string> Owners, long Among)> SampleAsync(GalleryMap map)
    {
        List<Probe> probes = [];
        List<string> owners = [];
        long among = 0; // People who came or left since the shards were described count as they were sampled.
        foreach (IShardGrain shard in shards.At(map.Level))
        {
            ShardSample sample = await shard.SampleAsync(map.Epoch, Math.Max(1, SampledMax >> map.Level));
            among += sample.Of;
            owners.AddRange(sample.People);
            int vectorBytes = map.Contract!.Dimension * sizeof(float);
            probes.AddRange(sample.Vectors.Chunk(vectorBytes).Select(vector => new Probe(vector, map.Contract.Id)));
        }

        return (probes, owners, among);
    }

    private async Task<List<double>> NearestAsync(List<Probe> probes, List<string> owners, CancellationToken cancellationToken)
    {
        var nearest = new List<double>();
        foreach (int[] some in Enumerable.Range(0, probes.Count).Chunk(ProbesTogether))
        {
            var request = new IdentifyRequest(
                gallery, [.. some.Select(index => probes[index])], Limit: 2, Threshold: null, AllowPartial: false);
            IdentifyAnswer answer = await search().IdentifyAsync(request, cancellationToken);
            nearest.AddRange(answer.Answers.Index().Select(probe => NearestOther(probe.Item, owners[some[probe.Index]])));
        }

        return nearest;
    }

    private static double NearestOther(ProbeAnswer answer, string owner) => answer.Candidates
        .Where(candidate => candidate.Person != owner)
        .Select(candidate => (double)candidate.Distance)
        .DefaultIfEmpty(DistanceMax)
        .First();
}
