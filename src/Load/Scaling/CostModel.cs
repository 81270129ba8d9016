namespace FaceGrid.Load.Scaling;

/// <summary>
/// What an identify, a template and a node cost: arithmetic on measured figures. Each constant says where it was measured;
/// docs/benchmarks.md unless said, on its Zen 4 machine.
/// </summary>
internal static class CostModel
{
    /// <summary>Most probes in a pass; the grains' own limit.</summary>
    public const int ProbesPerPassMax = 256;

    /// <summary>Candidates that a caller asks for.</summary>
    public const int Candidates = 5;

    /// <summary>Scale and norm of a row, which a pass reads beside its codes.</summary>
    private const int HeadBytes = 8;

    /// <summary>
    /// Bounds of a row, and what is left free in chunks: 2,574 MB for a million rows of 512 are 14 bytes more than 5 per dimension.
    /// </summary>
    private const int RowBytes = 14;

    /// <summary>
    /// Managed memory of a person with one template and of the node around it: 1,304 MB resident with a million people of 128, less 137 MB
    /// of an empty node and 662 MB of index.
    /// </summary>
    private const int PersonBytes = 505;

    /// <summary>An empty node, resident.</summary>
    private const double EmptyNodeBytes = 137e6;

    /// <summary>
    /// Products per row and probe beside those of its dimensions: 1M x 128 with 64 probes takes 0.907 ms per probe, 146 products per row at
    /// 161 x 10^9.
    /// </summary>
    private const int RowProducts = 16;

    /// <summary>
    /// Memory of a machine that shards may fill. While a gallery grows its people are held twice, in the old shards and in the new; a tenth
    /// is left to the system.
    /// </summary>
    private const double MemoryShare = 0.45;

    /// <summary>
    /// Seconds of a processor for an identify over HTTP: 64 clients get 2,712 answers per second of one processor (100,000 people; the
    /// other one searches). The client's own work is in it, and that for one silo.
    /// </summary>
    private const double HttpCoreSeconds = 0.37e-3;

    /// <summary>Time of a lone identify over HTTP beside its scan: 1.8 ms less 0.39 ms (100,000 people).</summary>
    private const double HttpSeconds = 1.4e-3;

    /// <summary>
    /// Seconds of a processor for each silo that an identify asks, its message and its shards included: two processors do 27,012 identifies
    /// over three silos per second with 100 callers (scatter).
    /// </summary>
    private const double SiloCoreSeconds = 2.0 / 27_012 / 3;

    /// <summary>Time of a lone identify over three silos that have nothing to scan: 0.073 ms (scatter).</summary>
    private const double ScatterSeconds = 0.073e-3;

    /// <summary>
    /// Bytes of headers of a message: grain ids, addresses, method. An estimate; a probe of 2,048 bytes was 2,055 on the wire without them.
    /// </summary>
    private const int MessageHeadBytes = 250;

    /// <summary>A candidate on the wire: person id, face id of 32, distance and their lengths. An estimate.</summary>
    private const int CandidateBytes = 65;

    /// <summary>People per second that a node reads from its rows when it starts: a million in 10.5 s.</summary>
    private const double LoadPeoplePerSecond = 95_000;

    /// <summary>
    /// What one database server reads for all nodes together. An assumption; 200 MB/s were measured for one reader with one processor.
    /// </summary>
    private const double DatabaseBytesPerSecond = 1e9;

    /// <summary>
    /// Rows per second that one PostgreSQL server takes, each durable (100 callers, a prototype with 6 KB per row, fsync on, two shared
    /// processors).
    /// </summary>
    public const double EnrolPerSecond = 1_400;

    /// <summary>Codes of a vector, padded.</summary>
    private static int Codes(int dimension) => (dimension + 31) & ~31;

    /// <summary>Bytes that a pass reads of one template.</summary>
    public static int PassBytes(int dimension) => Codes(dimension) + HeadBytes;

    /// <summary>Bytes that a person with one template holds in memory.</summary>
    public static int BytesPerPerson(int dimension) =>
        (sizeof(float) * ((dimension + 15) & ~15)) + Codes(dimension) + RowBytes + PersonBytes;

    /// <summary>
    /// Seconds of one pass. A pass waits for memory or computes, and where both take as long it does not hide one behind the other
    /// entirely; the root of the sum of squares lies within a quarter of what was measured.
    /// </summary>
    /// <param name="node">Where.</param>
    /// <param name="rows">Templates of the silo.</param>
    /// <param name="dimension">Length of a vector.</param>
    /// <param name="probes">1 to <see cref="ProbesPerPassMax"/>.</param>
    public static double PassSeconds(NodeKind node, double rows, int dimension, int probes)
    {
        double memory = rows * PassBytes(dimension) / node.PassBytesPerSecond;
        double computing = rows * (Codes(dimension) + RowProducts) * probes / node.ProductsPerSecond;
        return Math.Sqrt((memory * memory) + (computing * computing));
    }

    /// <summary>Fewest silos whose memory holds the people, also while the gallery grows.</summary>
    public static int SilosFor(NodeKind node, double people, int dimension) =>
        (int)Math.Ceiling(people * BytesPerPerson(dimension) / ((node.MemoryBytes * MemoryShare) - EmptyNodeBytes));

    /// <summary>Seconds of an identify that are no scan and no wait for one.</summary>
    public static double FixedSeconds(int silos) => HttpSeconds + (silos > 1 ? ScatterSeconds : 0);

    /// <summary>Identifies per second until either the scan threads or the other processors have no time left.</summary>
    public static double IdentifiesPerSecond(NodeKind node, int silos, double people, int dimension)
    {
        double scans = ProbesPerPassMax / PassSeconds(node, people / silos, dimension, ProbesPerPassMax);
        return Math.Min(scans, CallsPerSecond(node, silos));
    }

    /// <summary>
    /// Identifies per second that HTTP and messages allow. The work of each grows with the number of silos it is sent to; so does the
    /// number of processors that share the work.
    /// </summary>
    public static double CallsPerSecond(NodeKind node, int silos) =>
        silos * (node.Cores - node.ScanThreads) / (HttpCoreSeconds + (silos * SiloCoreSeconds));

    /// <summary>Messages between silos for one identify, answers included.</summary>
    public static int Messages(int silos) => 2 * (silos - 1);

    /// <summary>Bytes between silos for one identify of one probe.</summary>
    public static double NetworkBytes(int silos, int dimension) =>
        (silos - 1.0) * ((2 * MessageHeadBytes) + (sizeof(float) * dimension) + (Candidates * CandidateBytes));

    /// <summary>
    /// Bytes of the database. As many rows as fit a page of 8 KiB: payload, 200 bytes of state beside the vectors, key and headers; and an
    /// entry of the primary key. Calculated, not measured.
    /// </summary>
    public static double DatabaseBytes(double people, int dimension) =>
        people * ((8192 / Math.Floor(8160.0 / ((sizeof(float) * dimension) + 200 + 90))) + 110);

    /// <summary>Seconds from start to ready, all nodes at once.</summary>
    public static double StartSeconds(int silos, double people, int dimension) =>
        Math.Max(people / silos / LoadPeoplePerSecond, DatabaseBytes(people, dimension) / DatabaseBytesPerSecond);
}
