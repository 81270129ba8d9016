using System.Diagnostics;
using System.Globalization;
using FaceGrid.Search;
using FaceGrid.Search.Kernels;

namespace FaceGrid.Load.Engine;

/// <summary>One scenario: a gallery of synthetic people, the engine, and the loops that the engine is compared with.</summary>
internal sealed class SearchBench : IDisposable
{
    /// <summary>The smallest number of floats that are read to measure the bandwidth: 512 MiB, more than any cache.</summary>
    private const int ReadFloatsMin = 128 << 20;

    /// <summary>Answers that are checked against the plain loop.</summary>
    private const int CheckedMax = 8;

    /// <summary>Rounds before this time are not counted, because the runtime compiles hot loops again in the background.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    private readonly BenchData _data;
    private readonly BenchVectors _vectors;
    private readonly int _dimension;
    private readonly float[] _rows;
    private readonly TemplateIndex _index;

    /// <summary>Makes vectors and fills an index.</summary>
    /// <param name="data">Kind of vectors.</param>
    /// <param name="rowCount">Templates.</param>
    /// <param name="dimension">Length of a vector.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    public SearchBench(BenchData data, int rowCount, int dimension, CancellationToken cancellationToken)
    {
        _data = data;
        _dimension = dimension;
        _vectors = new BenchVectors(data, dimension);
        _rows = _vectors.Rows(rowCount, cancellationToken);
        _index = new TemplateIndex(dimension);
        long start = Stopwatch.GetTimestamp();
        int values = _vectors.TemplatesPerPerson * dimension;
        for (int person = 0; person < People; person++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _index.Set(Id(person), _rows.AsSpan(person * values, Math.Min(values, _rows.Length - (person * values))));
        }

        BuildSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Time to fill the index on one thread.</summary>
    public double BuildSeconds { get; }

    /// <summary>Native memory of the index.</summary>
    public long IndexBytes => _index.Bytes;

    private int People => ((_rows.Length / _dimension) + _vectors.TemplatesPerPerson - 1) / _vectors.TemplatesPerPerson;

    /// <summary>
    /// Measures everything. In each round one measurement follows the other, so that a busy moment of the machine affects all of them.
    /// </summary>
    /// <param name="batch">Probes per pass of the engine; the others take one probe at a time.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="limit">Hits per probe.</param>
    /// <param name="rounds">Rounds.</param>
    /// <param name="python">A Python that has faiss, to measure that too; or null.</param>
    /// <param name="cancellationToken">Ends the work between two measurements. It leaves nothing behind.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="LoadException">There is no such Python, or it cannot load faiss.</exception>
    public async Task<SearchBenchReport> MeasureAsync(
        int batch, int threads, int limit, int rounds, string? python, CancellationToken cancellationToken)
    {
        using var pool = new ScanPool(threads);
        var plain = new PlainLoop(_rows, _dimension, threads, limit);
        float[] probes = _vectors.Probes(Math.Max(batch, CheckedMax), People);
        float[] memory = _rows.Length >= ReadFloatsMin ? _rows : GC.AllocateUninitializedArray<float>(ReadFloatsMin);
        if (memory != _rows)
        {
            LargePages.Prefer(memory);
            Array.Fill(memory, 1);
        }

        using FaissPeer? peer = python is null
            ? null
            : FaissPeer.Start(python, _rows, probes.AsSpan(0, batch * _dimension), _dimension, threads, limit);
        var faiss = new List<double>();
        var engine = new List<double>();
        var canonical = new List<double>();
        var tensor = new List<double>();
        var read = new List<double>();
        long begin = Stopwatch.GetTimestamp();
        while (engine.Count < rounds)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool counts = Stopwatch.GetElapsedTime(begin) > WarmUp;
            (double readSeconds, double engineSeconds, double plainSeconds, double tensorSeconds, double faissSeconds) = (
                Time(() => plain.Read(memory)),
                await EngineAsync(pool, probes, batch, limit, cancellationToken),
                Time(() => plain.Canonical(0, probes)),
                Time(() => plain.Tensors(0, probes)),
                peer?.Search() ?? 0);
            if (counts)
            {
                read.Add(memory.Length * 4e-9 / readSeconds);
                engine.Add(1e3 * engineSeconds / batch);
                canonical.Add(1e3 * plainSeconds);
                tensor.Add(1e3 * tensorSeconds);
                faiss.Add(1e3 * faissSeconds / batch);
            }
        }

        double gigabytes = 1e-9 * _rows.Length;
        int checkedCount = Math.Min(CheckedMax, probes.Length / _dimension);
        return new SearchBenchReport(
            SearchKernels.Name,
            Environment.ProcessorCount,
            _rows.Length / _dimension,
            _dimension,
            batch,
            threads,
            limit,
            _data.ToString().ToLowerInvariant(),
            BuildSeconds,
            IndexBytes,
            rounds,
            await DifferentAsync(pool, probes, checkedCount, limit, cancellationToken),
            checkedCount,
            Spread.Of(engine),
            Spread.Of(canonical),
            Spread.Of(tensor),
            Spread.Of(read),
            Spread.Of(canonical.Zip(engine, (theirs, ours) => theirs / ours)),
            Spread.Of(tensor.Zip(engine, (theirs, ours) => theirs / ours)),
            Spread.Of(read.Zip(engine, (bandwidth, ours) => gigabytes / (ours * batch / 1e3) / bandwidth)),
            peer is null ? null : new FaissReport(
                peer.Version,
                Spread.Of(faiss),
                Spread.Of(faiss.Zip(engine, (theirs, ours) => theirs / ours)),
                await OtherPeopleAsync(pool, probes, peer.Nearest, cancellationToken)));
    }

    /// <summary>Measures the engine alone.</summary>
    /// <param name="batch">Probes per pass.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="limit">Hits per probe.</param>
    /// <param name="rounds">Rounds.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>Milliseconds per pass.</returns>
    public async Task<Spread> MeasureEngineAsync(int batch, int threads, int limit, int rounds, CancellationToken cancellationToken)
    {
        using var pool = new ScanPool(threads);
        float[] probes = _vectors.Probes(batch, People);
        var passes = new List<double>();
        long begin = Stopwatch.GetTimestamp();
        while (passes.Count < rounds)
        {
            bool counts = Stopwatch.GetElapsedTime(begin) > WarmUp;
            double seconds = await EngineAsync(pool, probes, batch, limit, cancellationToken);
            if (counts)
            {
                passes.Add(1e3 * seconds);
            }
        }

        return Spread.Of(passes);
    }

    /// <inheritdoc/>
    public void Dispose() => _index.Dispose();

    private static string Id(int person) => person.ToString("d8", CultureInfo.InvariantCulture);

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private async Task<double> EngineAsync(ScanPool pool, float[] probes, int batch, int limit, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        if (pool.ThreadCount == 1)
        {
            // The read runs on this thread, because the plain loops do so in this case.
            _index.Search(probes.AsSpan(0, batch * _dimension), batch, limit, cancellationToken);
        }
        else
        {
            await pool.SearchAsync(_index, probes.AsSpan(0, batch * _dimension), batch, limit, cancellationToken);
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Counts the probes for which the other program's nearest row belongs to another person.</summary>
    private async Task<int> OtherPeopleAsync(ScanPool pool, float[] probes, int[] nearest, CancellationToken cancellationToken)
    {
        SearchHit[][] hits = await pool.SearchAsync(
            _index, probes.AsSpan(0, nearest.Length * _dimension), nearest.Length, 1, cancellationToken);
        return hits.Where((hit, p) => hit[0].Person != Id(nearest[p] / _vectors.TemplatesPerPerson)).Count();
    }

    /// <summary>
    /// Counts the answers that differ from the plain loop. The plain loop takes the nearest template of each person, by the canonical
    /// distance, in the order (distance, id).
    /// </summary>
    private async Task<int> DifferentAsync(ScanPool pool, float[] probes, int count, int limit, CancellationToken cancellationToken)
    {
        SearchHit[][] hits = await pool.SearchAsync(_index, probes.AsSpan(0, count * _dimension), count, limit, cancellationToken);
        float[] distances = new float[_rows.Length / _dimension];
        int different = 0;
        for (int p = 0; p < count; p++)
        {
            Distance.Squared(_rows, probes.AsSpan(p * _dimension, _dimension), distances);
            var expected = Enumerable.Range(0, distances.Length)
                .GroupBy(row => row / _vectors.TemplatesPerPerson, (person, own) => (Person: person, Row: own.MinBy(row => distances[row])))
                .OrderBy(best => distances[best.Row]).ThenBy(best => best.Person).Take(limit)
                .Select(best => new SearchHit(Id(best.Person), best.Row % _vectors.TemplatesPerPerson, distances[best.Row]));
            different += hits[p].SequenceEqual(expected) ? 0 : 1;
        }

        return different;
    }
}
