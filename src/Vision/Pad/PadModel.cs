using System.Buffers;
using Microsoft.ML.OnnxRuntime;

namespace FaceGrid.Vision;

/// <summary>One PAD model: crops in, the share of the live class out.</summary>
/// <remarks>Safe for concurrent calls.</remarks>
internal sealed class PadModel : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly bool _takesBatches;

    /// <summary>Opens the model and runs it once, so that one that does not fit its profile stops the start.</summary>
    /// <param name="profile">Its profile.</param>
    /// <param name="runtime">Where it runs.</param>
    /// <param name="modelPath">The checked model file.</param>
    /// <exception cref="VisionSetupException">The model does not fit the profile or cannot be run (<c>model-unusable</c>, <c>provider-unavailable</c>).</exception>
    public PadModel(PadProfile profile, InferenceRuntime runtime, string modelPath)
    {
        Profile = profile;
        _session = runtime.Open(modelPath, shapesVary: true);
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

            _takesBatches = shape[0] <= 0;
            TryOut(modelPath);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The profile.</summary>
    public PadProfile Profile { get; }

    /// <summary>Says how much of each crop's output is the live class.</summary>
    /// <param name="crops">Each <see cref="PadProfile.InputWidth"/> x <see cref="PadProfile.InputHeight"/>; not disposed.</param>
    /// <returns>One share per crop in the same order, 0 to 1.</returns>
    /// <exception cref="InvalidOperationException">The model gave too few numbers, or some that are not finite.</exception>
    public double[] LiveShares(IReadOnlyList<RgbImage> crops)
    {
        double[] shares = new double[crops.Count];
        int step = _takesBatches ? Math.Max(1, crops.Count) : 1;
        for (int start = 0; start < crops.Count; start += step)
        {
            Run(crops, start, step, shares);
        }

        return shares;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
    }

    /// <summary>The share of one class after softmax, worked out so that large numbers do not overflow.</summary>
    /// <param name="numbers">One number per class.</param>
    /// <param name="index">The class.</param>
    /// <returns>0 to 1; NaN when a number is not finite.</returns>
    internal static double Softmax(ReadOnlySpan<float> numbers, int index)
    {
        float largest = numbers[0];
        foreach (float number in numbers)
        {
            largest = Math.Max(largest, number);
        }

        double sum = 0;
        foreach (float number in numbers)
        {
            sum += Math.Exp((double)number - largest);
        }

        return Math.Exp((double)numbers[index] - largest) / sum;
    }

    private void Run(IReadOnlyList<RgbImage> crops, int start, int count, double[] shares)
    {
        ReadOnlySpan<float> zero = [0, 0, 0], one = [1, 1, 1];
        int each = 3 * Profile.InputWidth * Profile.InputHeight;
        float[] input = ArrayPool<float>.Shared.Rent(count * each);
        try
        {
            for (int index = 0; index < count; index++)
            {
                TensorFiller.Fill(crops[start + index], input.AsSpan(index * each, each), Profile.InputWidth, Profile.InputHeight, Profile.Colour, zero, one);
            }

            using var tensor = OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, input.AsMemory(0, count * each), [count, 3, Profile.InputHeight, Profile.InputWidth]);
            using var outputs = _session.Run(_runOptions, _inputNames, [tensor], _outputNames);
            var numbers = outputs[0].GetTensorDataAsSpan<float>();
            if (numbers.Length != count * Profile.Classes)
            {
                throw new InvalidOperationException($"The model gave {numbers.Length} numbers for {count} faces; profile '{Profile.Id}' says {Profile.Classes} each.");
            }

            for (int index = 0; index < count; index++)
            {
                double share = Softmax(numbers.Slice(index * Profile.Classes, Profile.Classes), Profile.LiveClass);
                shares[start + index] = double.IsFinite(share) ? share : throw new InvalidOperationException($"The model of profile '{Profile.Id}' gave numbers that are not finite.");
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(input);
        }
    }

    private void TryOut(string modelPath)
    {
        using var grey = new RgbImage(Profile.InputWidth, Profile.InputHeight);
        grey.Pixels.Fill(128);
        try
        {
            LiveShares([grey]);
        }
        catch (Exception error) when (error is OnnxRuntimeException or InvalidOperationException)
        {
            throw new VisionSetupException("model-unusable", $"{modelPath} does not run as profile '{Profile.Id}' says: {error.Message}", error);
        }
    }

    private static bool Fits(int actual, int expected) => actual <= 0 || actual == expected;
}
