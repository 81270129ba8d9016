namespace FaceGrid.Load.Engine;

/// <summary>What <c>facegrid bench search</c> measured.</summary>
/// <param name="Kernel">Instruction path of the engine.</param>
/// <param name="Processors">Processors of this machine.</param>
/// <param name="Rows">Templates.</param>
/// <param name="Dimension">Length of a vector.</param>
/// <param name="Batch">Probes per pass of the engine.</param>
/// <param name="Threads">Threads of everything that is compared.</param>
/// <param name="Limit">Hits per probe.</param>
/// <param name="Data">Kind of vectors.</param>
/// <param name="BuildSeconds">Time to fill the index on one thread.</param>
/// <param name="IndexBytes">Native memory of the index.</param>
/// <param name="Rounds">Rounds. In each, all measurements ran one after the other.</param>
/// <param name="DifferentFromPlainLoop">Checked answers that differ from the plain loop in an id or in a bit of a distance.</param>
/// <param name="Checked">Answers checked.</param>
/// <param name="Engine">Milliseconds per probe.</param>
/// <param name="Plain">Milliseconds per probe of the plain fp32 loop.</param>
/// <param name="Tensor">Milliseconds per probe of <c>TensorPrimitives.Distance</c> per row.</param>
/// <param name="Read">Sequential read bandwidth of memory, 10^9 bytes per second.</param>
/// <param name="TimesPlain">How many times faster the engine is than the plain loop, per probe.</param>
/// <param name="TimesTensor">How many times faster the engine is than <c>TensorPrimitives</c>, per probe.</param>
/// <param name="ShareOfRead">Bytes of codes (rows x dimension) per second of a pass, as a share of <paramref name="Read"/>.</param>
/// <param name="Faiss">FAISS, if asked for.</param>
internal sealed record SearchBenchReport(
    string Kernel,
    int Processors,
    int Rows,
    int Dimension,
    int Batch,
    int Threads,
    int Limit,
    string Data,
    double BuildSeconds,
    long IndexBytes,
    int Rounds,
    int DifferentFromPlainLoop,
    int Checked,
    Spread Engine,
    Spread Plain,
    Spread Tensor,
    Spread Read,
    Spread TimesPlain,
    Spread TimesTensor,
    Spread ShareOfRead,
    FaissReport? Faiss);

/// <summary>Figures of FAISS.</summary>
/// <param name="Version">Version of FAISS and what it was compiled for.</param>
/// <param name="Search">Milliseconds per probe of <c>IndexFlatIP</c>, all probes of a batch in one call.</param>
/// <param name="Times">How many times faster the engine is, per probe.</param>
/// <param name="OtherPeople">Probes whose nearest row belongs to another person. Different rounding can cause this.</param>
internal sealed record FaissReport(string Version, Spread Search, Spread Times, int OtherPeople);
