namespace FaceGrid.Load.Scaling;

/// <summary>
/// Computes from measured figures what an identify, a template and a node cost. Each constant says where it was measured. Where it says
/// nothing, the source is the Zen 4 machine of docs/benchmarks.md.
/// </summary>
internal static class CostModel
{
    /// <summary>Most probes in a pass. This is the grains' own limit.</summary>
    public const int ProbesPerPassMax = 256;

    /// <summary>Candidates that a caller asks for.</summary>
    public const int Candidates = 5;

    /// <summary>Bytes of scale and norm of a row. A pass reads them beside the codes.</summary>
    private const int HeadBytes = 8;

    /// <summary>
    /// Bytes of a row for bounds and for the space that stays free in chunks. Measured: 2,574 MB for a million rows of 512 numbers are 14
    /// bytes per row more than 5 bytes per dimension.
    /// </summary>
    private const int RowBytes = 14;

    /// <summary>
    /// Managed memory of a person with one template, with the person's part of the node. Measured: 1,304 MB resident with a million people
    /// of 128 numbers, less 137 MB of an empty node and 662 MB of index.
    /// </summary>
    private const int PersonBytes = 505;

    /// <summary>Resident memory of an empty node.</summary>
    private const double EmptyNodeBytes = 137e6;

    /// <summary>
    /// Products per row and probe beside those of its dimensions. Measured: 1M x 128 with 64 probes takes 0.907 ms per probe. At 161 x 10^9
    /// products per second, this is 146 products per row.
    /// </summary>
    private const int RowProducts = 16;

    /// <summary>
    /// Share of a machine's memory that shards may fill. While a gallery grows, its people are held twice, in the old shards and in the new
    /// ones. A tenth is left to the system.
    /// </summary>
    private const double MemoryShare = 0.45;

    /// <summary>
    /// Processor seconds for an identify over HTTP. Measured: 64 clients get 2,712 answers per second from one processor (100,000 people;
    /// the other processor searches). The figure includes the client's own work and the work for one silo.
    /// </summary>
    private const double HttpCoreSeconds = 0.37e-3;

    /// <summary>Time of a lone identify over HTTP without its scan: 1.8 ms less 0.39 ms (100,000 people).</summary>
    private const double HttpSeconds = 1.4e-3;

    /// <summary>
    /// Processor seconds for each silo that an identify asks, with its message and its shards. Measured: two processors do 27,012
    /// identifies over three silos per second with 100 callers (scatter).
    /// </summary>
    private const double SiloCoreSeconds = 2.0 / 27_012 / 3;

    /// <summary>Time of a lone identify over three silos that have nothing to scan: 0.073 ms (scatter).</summary>
    private const double ScatterSeconds = 0.073e-3;

    /// <summary>
    /// Bytes of the headers of a message: grain ids, addresses, method. This is an estimate. A probe of 2,048 bytes took 2,055 bytes on the
    /// wire without these headers.
    /// </summary>
    private const int MessageHeadBytes = 250;

    /// <summary>Bytes of a candidate on the wire: person id, face id of 32, distance and their lengths. This is an estimate.</summary>
    private const int CandidateBytes = 65;

    /// <summary>People per second that a node reads from its rows when it starts: a million in 10.5 s.</summary>
    private const double LoadPeoplePerSecond = 95_000;

    /// <summary>
    /// Bytes per second that one database server reads for all nodes together. This is an assumption; 200 MB/s were measured for one reader
    /// with one processor.
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
    /// Seconds of one pass. A pass waits for memory and computes. Where both take the same time, they overlap only in part. The root of the
    /// sum of squares is within a quarter of the measured times.
    /// </summary>
    /// <param name="node">The node that runs the pass.</param>
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

    /// <summary>Seconds of an identify without its scan and without the wait for the scan.</summary>
    public static double FixedSeconds(int silos) => HttpSeconds + (silos > 1 ? ScatterSeconds : 0);

    /// <summary>Identifies per second until either the scan threads or the other processors have no time left.</summary>
    public static double IdentifiesPerSecond(NodeKind node, int silos, double people, int dimension)
    {
        double scans = ProbesPerPassMax / PassSeconds(node, people / silos, dimension, ProbesPerPassMax);
        return Math.Min(scans, CallsPerSecond(node, silos));
    }

    /// <summary>
    /// Identifies per second that HTTP and messages allow. The work of each identify grows with the number of silos that it is sent to. The
    /// number of processors that share the work grows as well.
    /// </summary>
    public static double CallsPerSecond(NodeKind node, int silos) =>
        silos * (node.Cores - node.ScanThreads) / (HttpCoreSeconds + (silos * SiloCoreSeconds));

    /// <summary>Messages between silos for one identify, answers included.</summary>
    public static int Messages(int silos) => 2 * (silos - 1);

    /// <summary>Bytes between silos for one identify of one probe.</summary>
    public static double NetworkBytes(int silos, int dimension) =>
        (silos - 1.0) * ((2 * MessageHeadBytes) + (sizeof(float) * dimension) + (Candidates * CandidateBytes));

    /// <summary>
    /// Bytes of the database, calculated and not measured. A page of 8 KiB has as many rows as fit. A row has its payload, 200 bytes of
    /// state beside the vectors, key and headers. Each row also has an entry in the primary key.
    /// </summary>
    public static double DatabaseBytes(double people, int dimension) =>
        people * ((8192 / Math.Floor(8160.0 / ((sizeof(float) * dimension) + 200 + 90))) + 110);

    /// <summary>Seconds from start to ready when all nodes start at once.</summary>
    public static double StartSeconds(int silos, double people, int dimension) =>
        Math.Max(people / silos / LoadPeoplePerSecond, DatabaseBytes(people, dimension) / DatabaseBytesPerSecond);
}
