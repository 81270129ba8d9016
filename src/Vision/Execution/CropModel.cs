using System.Buffers;
using FaceGrid.Models;
using FaceGrid.Vision.Decoding;
using Microsoft.ML.OnnxRuntime;

namespace FaceGrid.Vision.Execution;

/// <summary>A model that takes crops of faces: batch x 3 x height x width, float32, in; so many numbers per crop out, which are read as a <typeparamref name="T"/>.</summary>
/// <remarks>Safe for concurrent calls.</remarks>
/// <typeparam name="T">What the numbers of one crop mean.</typeparam>
internal sealed class CropModel<T> : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly ModelProfile _profile;
    private readonly CropInput _input;
    private readonly int _numbers;
    private readonly Func<ReadOnlySpan<float>, T> _read;

    /// <summary>Opens the model and runs it once, so that one that does not fit its profile stops the start.</summary>
    /// <param name="profile">Its profile.</param>
    /// <param name="input">What it takes, as its profile says.</param>
    /// <param name="numbers">Numbers per crop that come out, as its profile says.</param>
    /// <param name="read">Reads the numbers of one crop; throws <see cref="InvalidOperationException"/> for those that mean nothing.</param>
    /// <param name="runtime">Where it runs.</param>
    /// <param name="modelPath">The checked model file.</param>
    /// <exception cref="VisionSetupException">The model does not fit the profile or cannot be run (<c>model-unusable</c>, <c>provider-unavailable</c>).</exception>
    public CropModel(ModelProfile profile, CropInput input, int numbers, Func<ReadOnlySpan<float>, T> read, InferenceRuntime runtime, string modelPath)
    {
        (_profile, _input, _numbers, _read) = (profile, input, numbers, read);
        _session = runtime.Open(modelPath, shapesVary: true);
        _inputNames = [.. _session.InputMetadata.Keys];
        _outputNames = [.. _session.OutputMetadata.Keys.Take(1)];
        try
        {
            int[] shape = _inputNames.Length == 1 ? _session.InputMetadata[_inputNames[0]].Dimensions : [];
            if (shape.Length != 4 || !Fits(shape[1], 3) || !Fits(shape[2], input.Height) || !Fits(shape[3], input.Width))
            {
                throw new VisionSetupException("model-unusable",
                    $"{modelPath} does not fit profile '{profile.Id}': its input is [{string.Join(", ", shape)}], expected batch x 3 x {input.Height} x {input.Width}.");
            }

            TakesBatches = shape[0] <= 0;
            TryOut(modelPath);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>True when several crops go through the model in one run. A graph that was exported with a fixed batch says so in its input shape, and is run crop by crop.</summary>
    public bool TakesBatches { get; }

    /// <summary>Runs the model.</summary>
    /// <param name="crops">Each as large as the input; not disposed.</param>
    /// <returns>One answer per crop in the same order.</returns>
    /// <exception cref="InvalidOperationException">The model gave another count of numbers, or numbers that mean nothing.</exception>
    public T[] Run(IReadOnlyList<RgbImage> crops)
    {
        var answers = new T[crops.Count];
        int step = TakesBatches ? Math.Max(1, crops.Count) : 1;
        for (int start = 0; start < crops.Count; start += step)
        {
            Run(crops, start, step, answers);
        }

        return answers;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
    }

    private void Run(IReadOnlyList<RgbImage> crops, int start, int count, T[] answers)
    {
        int each = 3 * _input.Width * _input.Height;
        float[] input = ArrayPool<float>.Shared.Rent(count * each);
        try
        {
            for (int index = 0; index < count; index++)
            {
                TensorFiller.Fill(crops[start + index], input.AsSpan(index * each, each), _input.Width, _input.Height, _input.Colour, _input.Mean, _input.Scale);
            }

            using var tensor = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, input.AsMemory(0, count * each), [count, 3, _input.Height, _input.Width]);
            using var outputs = _session.Run(_runOptions, _inputNames, [tensor], _outputNames);
            var numbers = outputs[0].GetTensorDataAsSpan<float>();
            if (numbers.Length != count * _numbers)
            {
                throw new InvalidOperationException($"The model gave {numbers.Length} numbers for {count} faces; profile '{_profile.Id}' says {_numbers} each.");
            }

            for (int index = 0; index < count; index++)
            {
                answers[start + index] = _read(numbers.Slice(index * _numbers, _numbers));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(input);
        }
    }

    private void TryOut(string modelPath)
    {
        using var crop = new RgbImage(_input.Width, _input.Height);
        for (int index = 0; index < crop.Pixels.Length; index++)
        {
            // Any picture that is not one colour will do; this one is the same at every start.
            crop.Pixels[index] = (byte)(index * 31 % 251);
        }

        try
        {
            Run([crop]);
        }
        catch (Exception error) when (error is OnnxRuntimeException or InvalidOperationException)
        {
            throw new VisionSetupException("model-unusable", $"{modelPath} does not run as profile '{_profile.Id}' says: {error.Message}", error);
        }
    }

    private static bool Fits(int actual, int expected) => actual <= 0 || actual == expected;
}
