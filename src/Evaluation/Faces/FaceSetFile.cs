using System.Runtime.InteropServices;
using System.Text.Json;
using FaceGrid.Client;
using FaceGrid.Vision.Quality;

namespace FaceGrid.Evaluation.Faces;

/// <summary>
/// Keeps the vectors of a set, so that the minutes of embedding are spent only once. The file has <c>FGFACES1</c>, an int32 length, JSON of
/// that length (see <see cref="Header"/>), and then for each picture eight float32 of quality and the vector. Numbers are little-endian. A
/// picture without a vector has NaN everywhere.
/// </summary>
internal static class FaceSetFile
{
    private const int QualityNumbers = 8;
    private const int HeaderBytesMax = 256 << 20;
    private static readonly byte[] Magic = "FGFACES1"u8.ToArray();

    /// <summary>Writes a set. An older file is replaced only when the new one is complete.</summary>
    /// <param name="path">The file.</param>
    /// <param name="set">The set.</param>
    public static void Write(string path, FaceSet set)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        int dimension = set.Vectors.FirstOrDefault(vector => vector is not null)?.Length ?? 0;
        string part = path + ".part";
        using (BinaryWriter writer = new(new BufferedStream(File.Create(part), 1 << 20)))
        {
            byte[] header = JsonSerializer.SerializeToUtf8Bytes(
                new Header(set.Embedder, set.Contract, set.Detector, set.ExecutionProvider, dimension, set.Files, set.Embedding),
                ClusterJson.Options);
            writer.Write(Magic);
            writer.Write(header.Length);
            writer.Write(header);
            float[] numbers = new float[QualityNumbers + dimension];
            for (int i = 0; i < set.Files.Length; i++)
            {
                Array.Fill(numbers, float.NaN);
                if (set.Quality[i] is { } q && set.Vectors[i] is { } vector)
                {
                    float[] quality = [q.EyeDistancePixels, q.Sharpness, q.Brightness, q.Contrast, q.Yaw, q.Pitch, q.Roll, q.Confidence];
                    quality.CopyTo(numbers, 0);
                    vector.CopyTo(numbers, QualityNumbers);
                }

                writer.Write(MemoryMarshal.AsBytes(numbers.AsSpan()));
            }
        }

        File.Move(part, path, overwrite: true);
    }

    /// <summary>Reads a set.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The set.</returns>
    /// <exception cref="EvaluationException">The file is not of this form or is cut short.</exception>
    public static FaceSet Read(string path)
    {
        try
        {
            using BinaryReader reader = new(new BufferedStream(File.OpenRead(path), 1 << 20));
            if (!reader.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic)
                || reader.ReadInt32() is not (> 0 and < HeaderBytesMax and var length))
            {
                throw new EvaluationException($"'{path}' does not hold the vectors of a labelled set.", "file");
            }

            Header header = JsonSerializer.Deserialize<Header>(reader.ReadBytes(length), ClusterJson.Options)!;
            float[]?[] vectors = new float[]?[header.Files.Length];
            FaceQuality?[] quality = new FaceQuality?[header.Files.Length];
            float[] numbers = new float[QualityNumbers + header.Dimension];
            for (int i = 0; i < vectors.Length; i++)
            {
                reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(numbers.AsSpan()));
                if (!float.IsNaN(numbers[^1]))
                {
                    quality[i] = new FaceQuality(
                        numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], numbers[7]);
                    vectors[i] = numbers[QualityNumbers..];
                }
            }

            return new FaceSet(
                header.Embedder,
                header.Contract,
                header.Detector,
                header.ExecutionProvider,
                header.Files,
                vectors,
                quality,
                header.Embedding);
        }
        catch (Exception problem) when (problem is EndOfStreamException or JsonException)
        {
            throw new EvaluationException($"'{path}' is damaged: {problem.Message}", "file");
        }
    }

    private sealed record Header(
        string Embedder,
        string Contract,
        string Detector,
        string ExecutionProvider,
        int Dimension,
        string[] Files,
        EmbeddingFigures Embedding);
}
