namespace FaceGrid.Load.Scaling;

/// <summary>A gallery on some silos and what it costs.</summary>
/// <param name="People">People, one template each.</param>
/// <param name="Dimension">Length of a vector.</param>
/// <param name="Node">Kind of all nodes.</param>
/// <param name="Silos">Nodes that hold shards.</param>
/// <param name="BytesPerSilo">Memory of the people of a silo. While the gallery grows, it is twice as much.</param>
/// <param name="PassMilliseconds">Time of a pass of one probe over a silo's share.</param>
/// <param name="PerSecondMax">Largest number of identifies per second.</param>
/// <param name="P50Milliseconds">Median of an identify at half of that.</param>
/// <param name="P99Milliseconds">99th percentile of an identify at half of that.</param>
/// <param name="Messages">Messages between silos per identify.</param>
/// <param name="NetworkBytes">Bytes between silos per identify.</param>
/// <param name="DatabaseBytes">Size of the database.</param>
/// <param name="StartSeconds">Seconds from start to ready when all nodes start at once.</param>
/// <param name="EnrolSeconds">Seconds to enrol everybody.</param>
internal sealed record ScalingCase(
    double People,
    int Dimension,
    NodeKind Node,
    int Silos,
    double BytesPerSilo,
    double PassMilliseconds,
    double PerSecondMax,
    double P50Milliseconds,
    double P99Milliseconds,
    int Messages,
    double NetworkBytes,
    double DatabaseBytes,
    double StartSeconds,
    double EnrolSeconds)
{
    private const int Seed = 20261125;

    /// <summary>Calculates and simulates a case.</summary>
    /// <param name="node">Kind of the nodes.</param>
    /// <param name="people">People.</param>
    /// <param name="dimension">Length of a vector.</param>
    /// <param name="silos">Nodes; 0 takes as few as memory allows.</param>
    public static ScalingCase Of(NodeKind node, double people, int dimension, int silos = 0)
    {
        silos = silos > 0 ? silos : CostModel.SilosFor(node, people, dimension);
        double rows = people / silos;
        double most = CostModel.IdentifiesPerSecond(node, silos, people, dimension);
        double[] times = new PassQueue(
            probes => CostModel.PassSeconds(node, rows, dimension, probes),
            silos,
            CostModel.FixedSeconds(silos),
            Seed).Open(most / 2, requests: 4_000);
        return new ScalingCase(
            people,
            dimension,
            node,
            silos,
            rows * CostModel.BytesPerPerson(dimension),
            1e3 * CostModel.PassSeconds(node, rows, dimension, 1),
            most,
            1e3 * times[times.Length / 2],
            1e3 * times[(int)(0.99 * (times.Length - 1))],
            CostModel.Messages(silos),
            CostModel.NetworkBytes(silos, dimension),
            CostModel.DatabaseBytes(people, dimension),
            CostModel.StartSeconds(silos, people, dimension),
            people / CostModel.EnrolPerSecond);
    }
}
