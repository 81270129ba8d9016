namespace FaceGrid.Load.Scaling;

/// <summary>A machine that holds shards, with the figures that matter to a search.</summary>
/// <param name="Name">Name in tables.</param>
/// <param name="MemoryBytes">Memory of the machine.</param>
/// <param name="Cores">Processors.</param>
/// <param name="ScanThreads">Processors that search; the others serve HTTP and messages.</param>
/// <param name="PassBytesPerSecond">Bytes of an index that all scan threads together read per second in a pass of one probe.</param>
/// <param name="ProductsPerSecond">Products of codes that all scan threads together form per second in a pass of many probes.</param>
internal sealed record NodeKind(
    string Name, double MemoryBytes, int Cores, int ScanThreads, double PassBytesPerSecond, double ProductsPerSecond)
{
    /// <summary>
    /// The Zen 4 machine of docs/benchmarks.md as a node with default settings, which searches on one of its two processors. 1M x 512 is
    /// 520 MB and takes 18.3 ms with one probe; that is 28.4 GB/s. With 64 probes, the node forms 161 x 10^9 products per second.
    /// </summary>
    public static NodeKind Measured { get; } = new("2 cores, measured", 23 * GiB, 2, 1, 28.4e9, 161e9);

    /// <summary>
    /// A server that was not at hand. Its bandwidth is an assumption: 200 GB/s, under half of the 461 GB/s that twelve channels of
    /// DDR5-4800 give in theory (12 x 8 bytes x 4.8 x 10^9). Its products are those of the measured core times 31 and times 0.95. The 0.95
    /// is for the loss between threads: two threads did 1.9 times the work of one.
    /// </summary>
    public static NodeKind Assumed { get; } = new("32 cores, assumed", 512 * GiB, 32, 31, 200e9, 31 * 0.95 * 161e9);

    private const double GiB = 1L << 30;
}
