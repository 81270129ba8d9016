using System.Numerics;
using FaceGrid.Search;

namespace FaceGrid.Load.Engine;

/// <summary>Synthetic unit vectors. The same seed gives the same vectors on any number of threads.</summary>
internal sealed class BenchVectors
{
    /// <summary>
    /// Length of the common part that is added to concentrated vectors, in lengths of the other part. So cosines between strangers are
    /// about 2 x 2 / (1 + 2 x 2) = 0.8, like those of dlib's model.
    /// </summary>
    private const float CommonLength = 2;

    /// <summary>
    /// Length of the part that differs between templates of a person, in lengths of the part that they share. So cosines are about 1 / (1 +
    /// 0.7 x 0.7) = 0.67, which is common for pictures of one person.
    /// </summary>
    private const float TemplateLength = 0.7f;

    private readonly BenchData _data;
    private readonly int _dimension;
    private readonly float[] _weights;
    private readonly float[] _signs;
    private readonly float[] _common;

    /// <summary>Prepares vectors.</summary>
    /// <param name="data">Kind.</param>
    /// <param name="dimension">Length of a vector.</param>
    public BenchVectors(BenchData data, int dimension)
    {
        _data = data;
        _dimension = dimension;
        var random = new Noise(1);

        // Faces do not use all directions equally. So the spectrum falls with the root of the index. A rotation follows, so that no single
        // dimension shows this.
        _weights = [.. Enumerable.Range(0, dimension).Select(i => data == BenchData.Random ? 1 : 1 / MathF.Sqrt(1 + (i / 8f)))];
        _signs = [.. Enumerable.Range(0, dimension).Select(_ => random.Next() < 0 ? -1f : 1f)];
        _common = new float[dimension];
        Fill(_common, ref random);
        Scale(_common, CommonLength);
    }

    /// <summary>Templates per person: 1 for random vectors, else 4.</summary>
    public int TemplatesPerPerson => _data == BenchData.Random ? 1 : 4;

    /// <summary>Makes the rows, one after the other. The templates of a person are neighbours.</summary>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>The vectors, row-major.</returns>
    public float[] Rows(int rowCount, CancellationToken cancellationToken)
    {
        float[] rows = GC.AllocateUninitializedArray<float>(checked(rowCount * _dimension));
        LargePages.Prefer(rows);
        Parallel.For(0, rowCount, new ParallelOptions { CancellationToken = cancellationToken }, row =>
            Write(rows.AsSpan(row * _dimension, _dimension), row / TemplatesPerPerson, row % TemplatesPerPerson));
        return rows;
    }

    /// <summary>Makes probes. Every second one is a new template of an enrolled person; the others are strangers.</summary>
    /// <param name="probeCount">Number of probes.</param>
    /// <param name="people">People enrolled.</param>
    /// <returns>The vectors, row-major.</returns>
    public float[] Probes(int probeCount, int people)
    {
        float[] probes = new float[probeCount * _dimension];
        for (int p = 0; p < probeCount; p++)
        {
            int person = p % 2 == 0 ? (int)((long)p * people / probeCount) : people + p;
            Write(probes.AsSpan(p * _dimension, _dimension), person, TemplatesPerPerson + p);
        }

        return probes;
    }

    private void Write(Span<float> row, int person, int template)
    {
        var shared = new Noise(((ulong)person << 1) + 3);
        Fill(row, ref shared);
        Span<float> own = stackalloc float[_dimension];
        var differing = new Noise(((ulong)person << 32) + ((ulong)template << 1) + 5);
        Fill(own, ref differing);
        Scale(row, 1);
        Scale(own, TemplateLength);
        for (int i = 0; i < _dimension; i++)
        {
            row[i] = (_data == BenchData.Random && template < TemplatesPerPerson ? row[i] : row[i] + own[i]) * _signs[i];
        }

        if (_data != BenchData.Random)
        {
            Rotate(row);
        }

        for (int i = 0; i < _dimension && _data == BenchData.Concentrated; i++)
        {
            row[i] += _common[i] * MathF.Sqrt(1 + (TemplateLength * TemplateLength));
        }

        Scale(row, 1);
    }

    private void Fill(Span<float> vector, ref Noise noise)
    {
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = noise.Next() * _weights[i];
        }
    }

    private static void Scale(Span<float> vector, float length)
    {
        float square = 0;
        foreach (float value in vector)
        {
            square += value * value;
        }

        float factor = length / MathF.Sqrt(square);
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] *= factor;
        }
    }

    /// <summary>
    /// Hadamard's transform on the largest powers of two that fit, from the front and from the back. It is orthogonal up to a factor, and
    /// it takes n log n steps.
    /// </summary>
    private static void Rotate(Span<float> vector)
    {
        int size = (int)(BitOperations.RoundUpToPowerOf2((uint)vector.Length + 1) / 2);
        Hadamard(vector[..size]);
        if (size < vector.Length)
        {
            Scale(vector[..size], MathF.Sqrt((float)size / vector.Length));
            Hadamard(vector[^size..]);
        }
    }

    private static void Hadamard(Span<float> values)
    {
        for (int half = 1; half < values.Length; half *= 2)
        {
            for (int start = 0; start < values.Length; start += 2 * half)
            {
                for (int i = start; i < start + half; i++)
                {
                    (values[i], values[i + half]) = (values[i] + values[i + half], values[i] - values[i + half]);
                }
            }
        }
    }

    /// <summary>
    /// Sums of four uniform 16-bit numbers. They are near enough to normal, and fast. The generator is SplitMix64 (Steele, Lea, Flood,
    /// OOPSLA 2014).
    /// </summary>
    private struct Noise(ulong seed)
    {
        private ulong _state = seed * 0x9E3779B97F4A7C15;

        public float Next()
        {
            ulong z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            z ^= z >> 31;
            return (int)((z & 0xFFFF) + ((z >> 16) & 0xFFFF) + ((z >> 32) & 0xFFFF) + (z >> 48)) - 131070;
        }
    }
}
