using System.Buffers;
using Microsoft.ML.OnnxRuntime;

namespace FaceGrid.Vision;

/// <summary>Turns aligned crops into unit vectors.</summary>
/// <remarks>Safe for concurrent calls.</remarks>
public sealed class FaceEmbedder : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly float[] _mean;
    private readonly float[] _scale;

    /// <summary>Opens the embedder and runs it once, so that a model that does not fit its profile stops the start.</summary>
    /// <param name="profile">Its profile.</param>
    /// <param name="runtime">Where it runs.</param>
    /// <param name="modelPath">The checked model file.</param>
    /// <exception cref="VisionSetupException">The model does not fit the profile or cannot be run (<c>model-unusable</c>, <c>provider-unavailable</c>).</exception>
    public FaceEmbedder(EmbedderProfile profile, InferenceRuntime runtime, string modelPath)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(runtime);
        Profile = profile;
        _session = runtime.Open(modelPath, shapesVary: true);
        _mean = [.. profile.Mean];
        _scale = [.. profile.Scale];
        _inputNames = [.. _session.InputMetadata.Keys];
        _outputNames = [.. _session.OutputMetadata.Keys.Take(1)];
        try
        {
            int[] shape = _inputNames.Length == 1 ? _session.InputMetadata[_inputNames[0]].Dimensions : [];
            if (shape.Length != 4 || !Fits(shape[1], 3) || !Fits(shape[2], profile.InputHeight) || !Fits(shape[3], profile.InputWidth))
            {
                throw new VisionSetupException("model-unusable",
                    $"{modelPath} does not fit profile '{profile.Id}': its input is [{string.Join(", ", shape)}], expected batch x 3 x {profile.InputHeight} x {profile.InputWidth}.");
            }

            // A graph exported with a fixed batch says so in its input shape; such a graph is run face by face.
            TakesBatches = shape[0] <= 0;
            TryOut(modelPath);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The profile.</summary>
    public EmbedderProfile Profile { get; }

    /// <summary>True when several crops go through the model in one run; false when it has a fixed batch of 1.</summary>
    public bool TakesBatches { get; }

    /// <summary>Embeds crops.</summary>
    /// <param name="crops">Aligned crops, each <see cref="EmbedderProfile.InputWidth"/> x <see cref="EmbedderProfile.InputHeight"/>; not disposed.</param>
    /// <returns>One vector per crop in the same order: float32, length <see cref="EmbedderProfile.Dimension"/>, unit L2 norm.</returns>
    /// <exception cref="ArgumentException">A crop has another size.</exception>
    /// <exception cref="InvalidOperationException">The model gave numbers that are not finite or all zero.</exception>
    public float[][] Embed(IReadOnlyList<RgbImage> crops)
    {
        ArgumentNullException.ThrowIfNull(crops);
        if (crops.Any(crop => crop.Width != Profile.InputWidth || crop.Height != Profile.InputHeight))
        {
            throw new ArgumentException($"A crop is not {Profile.InputWidth} x {Profile.InputHeight} pixels.", nameof(crops));
        }

        var vectors = new float[crops.Count][];
        int step = TakesBatches ? Math.Max(1, crops.Count) : 1;
        for (int start = 0; start < crops.Count; start += step)
        {
            Run(crops, start, step, vectors);
        }

        return vectors;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
    }

    private void Run(IReadOnlyList<RgbImage> crops, int start, int count, float[][] vectors)
    {
        int each = 3 * Profile.InputWidth * Profile.InputHeight;
        float[] input = ArrayPool<float>.Shared.Rent(count * each);
        try
        {
            for (int index = 0; index < count; index++)
            {
                TensorFiller.Fill(
                    crops[start + index], input.AsSpan(index * each, each), Profile.InputWidth, Profile.InputHeight, Profile.Colour, _mean, _scale);
            }

            using var tensor = OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, input.AsMemory(0, count * each), [count, 3, Profile.InputHeight, Profile.InputWidth]);
            using var outputs = _session.Run(_runOptions, _inputNames, [tensor], _outputNames);
            var numbers = outputs[0].GetTensorDataAsSpan<float>();
            if (numbers.Length != count * Profile.Dimension)
            {
                throw new InvalidOperationException($"The model gave {numbers.Length} numbers for {count} faces; profile '{Profile.Id}' says {Profile.Dimension} each.");
            }

            for (int index = 0; index < count; index++)
            {
                vectors[start + index] = Normalise(numbers.Slice(index * Profile.Dimension, Profile.Dimension));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(input);
        }
    }

    private float[] Normalise(ReadOnlySpan<float> numbers)
    {
        double square = 0;
        foreach (float number in numbers)
        {
            square += (double)number * number;
        }

        if (!(square > 0) || !double.IsFinite(square))
        {
            throw new InvalidOperationException($"The model of profile '{Profile.Id}' gave a vector that is zero or not finite.");
        }

        double factor = 1 / Math.Sqrt(square);
        float[] vector = new float[numbers.Length];
        for (int index = 0; index < vector.Length; index++)
        {
            vector[index] = (float)(numbers[index] * factor);
        }

        return vector;
    }

    private void TryOut(string modelPath)
    {
        using var grey = new RgbImage(Profile.InputWidth, Profile.InputHeight);
        for (int index = 0; index < grey.Pixels.Length; index++)
        {
            // Any picture that is not one colour will do; this one is the same at every start.
            grey.Pixels[index] = (byte)(index * 31 % 251);
        }

        try
        {
            Embed([grey]);
        }
        catch (Exception error) when (error is OnnxRuntimeException or InvalidOperationException)
        {
            throw new VisionSetupException("model-unusable", $"{modelPath} does not run as profile '{Profile.Id}' says: {error.Message}", error);
        }
    }

    private static bool Fits(int actual, int expected) => actual <= 0 || actual == expected;
}
