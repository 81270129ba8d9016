using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Cluster;
using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Shards;
using Orleans.Concurrency;

namespace FaceGrid.Benchmarks.Scatter;

/// <inheritdoc cref="IBareGrain"/>
[KeepAlive]
[Reentrant]
[SiloPinned]
public sealed class BareGrain : Grain, IBareGrain
{
    private static readonly string Face = new('0', 32);
    private static readonly NodeAnswer Answer = new([0], new ShardAnswer(ShardStatus.Ok, 40, [[.. Enumerable.Range(0, 5).Select(person => new ShardCandidate(SyntheticPeople.Id(person), Face, 1))]]));
    private static readonly VerifyResult Verified = new(true, 0, Face, new Threshold(1, "gallery", null));

    /// <inheritdoc/>
    public Task<NodeAnswer> SearchAsync(NodeQuery query) => Task.FromResult(Answer);

    /// <inheritdoc/>
    public Task<VerifyResult> VerifyAsync(Probe probe) => Task.FromResult(Verified);
}
