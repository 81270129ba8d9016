using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace FaceGrid.Load.Engine;

/// <summary>
/// FAISS in a Python process of its own. Its <c>IndexFlatIP</c> is exact, too. It has the same vectors and the same number of threads. The
/// vectors have length 1, so the largest inner product belongs to the nearest vector. The process waits while others are measured.
/// </summary>
internal sealed class FaissPeer : IDisposable
{
    private const string Script = """
        import sys, time, numpy, faiss
        file, dimension, threads, batch, k = sys.argv[1], *map(int, sys.argv[2:])
        faiss.omp_set_num_threads(threads)
        vectors = numpy.fromfile(file, dtype='float32').reshape(-1, dimension)
        probes, rows = vectors[:batch].copy(), vectors[batch:]
        index = faiss.IndexFlatIP(dimension)
        index.add(rows)
        del vectors, rows
        print(faiss.__version__, faiss.get_compile_options().strip(), sep=', ', flush=True)
        for line in sys.stdin:
            start = time.perf_counter()
            _, found = index.search(probes, k)
            seconds = time.perf_counter() - start
            print(repr(seconds), *(int(row) for row in found[:, 0]), flush=True)
        """;

    private readonly Process _process;

    private FaissPeer(Process process, string version) => (_process, Version) = (process, version);

    /// <summary>Version of FAISS and what it was compiled for.</summary>
    public string Version { get; }

    /// <summary>Nearest row of each probe in the last search.</summary>
    public int[] Nearest { get; private set; } = [];

    /// <summary>Starts Python and gives it the vectors in a temporary file.</summary>
    /// <param name="python">A Python that has faiss and numpy.</param>
    /// <param name="rows">Vectors, row-major.</param>
    /// <param name="probes">Vectors, row-major; all are searched in one call.</param>
    /// <param name="dimension">Length of a vector.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="limit">Rows per probe.</param>
    /// <returns>The peer.</returns>
    /// <exception cref="LoadException">There is no such Python, or it cannot load faiss.</exception>
    public static FaissPeer Start(string python, float[] rows, ReadOnlySpan<float> probes, int dimension, int threads, int limit)
    {
        string file = Path.GetTempFileName();
        try
        {
            using (FileStream stream = File.Create(file))
            {
                stream.Write(MemoryMarshal.AsBytes(probes));
                stream.Write(MemoryMarshal.AsBytes<float>(rows));
            }

            int[] numbers = [dimension, threads, probes.Length / dimension, limit];
            var start = new ProcessStartInfo(
                python,
                ["-c", Script, file, .. numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            };
            start.Environment["OMP_WAIT_POLICY"] = "PASSIVE"; // Threads that spin between searches would slow the other measurements.
            start.Environment["OPENBLAS_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
            Process started = Process.Start(start)!;
            return new FaissPeer(
                started, started.StandardOutput.ReadLine() ?? throw new LoadException($"{python} cannot run faiss; see above."));
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new LoadException($"{python} cannot be started: {e.Message}");
        }
        finally
        {
            File.Delete(file); // Python has read the file by now.
        }
    }

    /// <summary>Searches all probes once.</summary>
    /// <returns>Seconds that the search took inside Python.</returns>
    public double Search()
    {
        _process.StandardInput.WriteLine();
        string[] answer = (_process.StandardOutput.ReadLine() ?? throw new LoadException("faiss ended early; see above.")).Split(' ');
        Nearest = [.. answer.Skip(1).Select(row => int.Parse(row, CultureInfo.InvariantCulture))];
        return double.Parse(answer[0], CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close(); // This ends the script's loop.
        _process.WaitForExit();
        _process.Dispose();
    }
}
