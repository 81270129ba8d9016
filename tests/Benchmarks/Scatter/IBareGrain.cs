using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Cluster;

namespace FaceGrid.Benchmarks.Scatter;

/// <summary>Does nothing, with the messages of the real thing: what a grain call costs in this process, on this machine, at this moment. Key: a silo's address in parsable form.</summary>
[Alias("fg.bench.IBareGrain")]
public interface IBareGrain : IGrainWithStringKey
{
    /// <summary>The messages of a search of one silo's shards.</summary>
    /// <param name="query">As a silo is asked.</param>
    /// <returns>As it answers, five candidates.</returns>
    [Alias("Search")]
    Task<NodeAnswer> SearchAsync(NodeQuery query);

    /// <summary>The messages of a verify.</summary>
    /// <param name="probe">As a person is asked.</param>
    /// <returns>As they answer.</returns>
    [Alias("Verify")]
    Task<VerifyResult> VerifyAsync(Probe probe);
}
