using System.Collections.Concurrent;

namespace FaceGrid.Gateway.Grid;

/// <summary>
/// Counts the pictures that this gateway has in flight at each embedder node, and chooses a node by the power of two choices: two distinct
/// nodes are drawn, and the one with fewer pictures in flight is taken. Safe for concurrent use.
/// Source: M. Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, IEEE TPDS 12(10), 2001.
/// </summary>
/// <param name="random">Draws nodes. It must be safe for concurrent use when the load is used concurrently.</param>
internal sealed class EmbedderLoad(Random random)
{
    private readonly ConcurrentDictionary<string, int> _inFlight = new(StringComparer.Ordinal);

    /// <summary>Pictures in flight at a node.</summary>
    /// <param name="node">The node's address.</param>
    /// <returns>0 for a node that is not known.</returns>
    public int InFlight(string node) => _inFlight.GetValueOrDefault(node);

    /// <summary>Chooses the less loaded of two distinct nodes. With equal loads the first drawn is taken.</summary>
    /// <param name="nodes">At least one node.</param>
    /// <returns>One of the nodes.</returns>
    public string Pick(IReadOnlyList<string> nodes)
    {
        int first = random.Next(nodes.Count);
        if (nodes.Count == 1)
        {
            return nodes[first];
        }

        // A draw from the other nodes: without it, half of the draws among two nodes would compare a node with itself.
        int second = random.Next(nodes.Count - 1);
        second += second >= first ? 1 : 0;
        return InFlight(nodes[second]) < InFlight(nodes[first]) ? nodes[second] : nodes[first];
    }

    /// <summary>Counts a picture that is sent to a node.</summary>
    /// <param name="node">The node's address.</param>
    public void Begin(string node) => _inFlight.AddOrUpdate(node, 1, static (_, count) => count + 1);

    /// <summary>Counts a picture that was answered or failed, after <see cref="Begin"/>.</summary>
    /// <param name="node">The node's address.</param>
    public void End(string node) => _inFlight.AddOrUpdate(node, 0, static (_, count) => count - 1);

    /// <summary>Forgets idle nodes that left the grid.</summary>
    /// <param name="nodes">The nodes that are in the grid.</param>
    public void Keep(IReadOnlyCollection<string> nodes)
    {
        foreach (string gone in _inFlight.Where(entry => entry.Value == 0).Select(entry => entry.Key).Except(nodes, StringComparer.Ordinal))
        {
            _inFlight.TryRemove(new KeyValuePair<string, int>(gone, 0));
        }
    }
}
