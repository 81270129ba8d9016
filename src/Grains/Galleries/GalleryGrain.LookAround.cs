using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.Policies;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Maps;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.Galleries;

// Beside everything else the gallery looks how alike its people are: now and then it asks itself about some of its own faces, takes the distance of the nearest other person, and compares
// with what the calibration expects among so many. It also takes over a calibration that the embedder has got since the contract was bound.
public sealed partial class GalleryGrain
{
    private const int SampledMax = 512;
    private const int ProbesTogether = 16;
    private const double PeopleMin = 50;
    private const double Grown = 1.1;
    private bool _looking;

    private void LookAround() => this.RegisterGrainTimer(
        LookAroundAsync, new GrainTimerCreationOptions(options.Value.LookAroundPeriod, options.Value.LookAroundPeriod) { Interleave = true });

    private async Task LookAroundAsync(CancellationToken cancellationToken)
    {
        if (_looking || _map is not { Contract: { } contract, NextLevel: null } map)
        {
            return;
        }

        _looking = true;
        try
        {
            ErrorModel? errors = await ErrorsAsync(contract, cancellationToken) ?? map.Errors;
            Alikeness? alike = errors is null ? null : await LookAsync(map, errors, cancellationToken);
            if (errors != map.Errors || alike is not null)
            {
                // On a turn of its own: nothing else may be writing the row.
                this.RegisterGrainTimer(
                    token => TakeOverAsync(map, errors, alike), new GrainTimerCreationOptions(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogLookAroundFailed(logger, _gallery, failure);
        }
        finally
        {
            _looking = false;
        }
    }

    private async Task TakeOverAsync(GalleryMap seen, ErrorModel? errors, Alikeness? alike)
    {
        if (_map is null || row.State.Epoch != seen.Epoch || row.State.ContractRevision != seen.ContractRevision)
        {
            return;
        }

        GalleryState next = row.State.Copy();
        next.Errors = errors;
        next.Alikeness = alike ?? next.Alikeness;
        await SaveAsync(next);
    }

    /// <summary>Looks when the gallery has grown or shrunk by a tenth since it last looked.</summary>
    private async Task<Alikeness?> LookAsync(GalleryMap map, ErrorModel errors, CancellationToken cancellationToken)
    {
        ShardInfo?[] shards = await Task.WhenAll(ShardsOf(map.Level).Select(shard => shard.DescribeAsync()));
        long people = shards.Sum(shard => shard?.People ?? 0);
        long before = row.State.Alikeness?.People ?? 0;
        if (Array.Exists(shards, shard => shard is null) || people < PeopleMin || (errors == map.Errors && people < before * Grown && people > before / Grown))
        {
            return null;
        }

        List<Probe> probes = [];
        List<string> owners = [];
        long among = 0; // Who has come or gone since the shards were described counts as they were sampled.
        foreach (IShardGrain shard in ShardsOf(map.Level))
        {
            ShardSample sample = await shard.SampleAsync(map.Epoch, Math.Max(1, SampledMax >> map.Level));
            among += sample.Of;
            owners.AddRange(sample.People);
            probes.AddRange(sample.Vectors.Chunk(map.Contract!.Dimension * sizeof(float)).Select(vector => new Probe(vector, map.Contract.Id)));
        }

        var nearest = new List<double>();
        foreach (int[] some in Enumerable.Range(0, probes.Count).Chunk(ProbesTogether))
        {
            IdentifyAnswer answer = await IIdentifyGrain.Any(GrainFactory)
                .IdentifyAsync(new IdentifyRequest(_gallery, [.. some.Select(index => probes[index])], Limit: 2, Threshold: null, AllowPartial: false), cancellationToken);
            nearest.AddRange(answer.Answers.Index()
                .Select(probe => probe.Item.Candidates.Where(candidate => candidate.Person != owners[some[probe.Index]]).Select(candidate => (double)candidate.Distance).DefaultIfEmpty(2).First()));
        }

        return nearest.Count == 0 || among < PeopleMin ? null : new Alikeness(Promises.Model(errors).ShiftOf(nearest, among - 1), nearest.Count, among);
    }
}
