namespace FaceGrid.Grains.Cluster;

/// <summary>What one silo does for the others. Key: the silo's address in parsable form.</summary>
[Alias("fg.INodeGrain")]
public interface INodeGrain : IGrainWithStringKey
{
    /// <summary>Searches several shards of the silo with one message.</summary>
    /// <param name="query">Which and for what.</param>
    /// <param name="cancellationToken">Ends the search; shards that have not answered by then count as missing.</param>
    /// <returns>What they found, merged.</returns>
    [Alias("Search")]
    Task<NodeAnswer> SearchAsync(NodeQuery query, CancellationToken cancellationToken);

    /// <summary>Whether this silo still counts another one as alive.</summary>
    /// <param name="silo">The other one's address in parsable form.</param>
    /// <returns>False when it is known to be dead.</returns>
    [Alias("Confirm")]
    Task<bool> ConfirmAsync(string silo);
}
