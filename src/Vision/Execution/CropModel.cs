using System.Buffers;
using FaceGrid.Models;
using FaceGrid.Vision.Decoding;
using Microsoft.ML.OnnxRuntime;

namespace FaceGrid.Vision.Execution;

/// <summary>
/// A model that takes crops of faces. Its input is batch x 3 x height x width, float32. Its output is a fixed count of numbers per crop,
/// which are turned into a <typeparamref name="T"/>.
/// </summary>
/// <remarks>Safe for concurrent calls.</remarks>
/// <typeparam name="T">The result for one crop.</typeparam>
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
    private readonly BatchPlan _plan;
    private readonly BatchMemories? _memories;

    /// <summary>Opens the model and runs it once, so that a model that does not fit its profile stops the start.</summary>
    /// <param name="profile">Its profile.</param>
    /// <param name="input">Its input, from the profile.</param>
    /// <param name="numbers">Count of output numbers per crop, from the profile.</param>
    /// <param name="read">
    /// Turns the numbers of one crop into a result. Throws <see cref="InvalidOperationException"/> for numbers without a meaning.
    /// </param>
    /// <param name="runtime">The runtime, which names the device.</param>
    /// <param name="modelPath">The checked model file.</param>
    /// <param name="plan">How batches run.</param>
    /// <exception cref="VisionSetupException">
    /// The model does not fit the profile or cannot be run (<c>model-unusable</c>, <c>provider-unavailable</c>).
    /// </exception>
    public CropModel(
        ModelProfile profile, CropInput input, int numbers, Func<ReadOnlySpan<float>, T> read,
        InferenceRuntime runtime, string modelPath, BatchPlan plan)
    {
        (_profile, _input, _numbers, _read) = (profile, input, numbers, read);
        bool graphs = plan.Mode == BatchMode.Fixed && runtime.UsesGraphs;
        _session = runtime.Open(modelPath, shapesVary: true, graphs);
        if (graphs)
        {
            // Plain runs, such as the first one, must not be recorded, because their memory is not used again.
            _runOptions.AddRunConfigEntry("gpu_graph_id", "-1");
        }

        _inputNames = [.. _session.InputMetadata.Keys];
        _outputNames = [.. _session.OutputMetadata.Keys.Take(1)];
        try
        {
            int[] shape = _inputNames.Length == 1 ? _session.InputMetadata[_inputNames[0]].Dimensions : [];
            if (shape.Length != 4 || !Fits(shape[1], 3) || !Fits(shape[2], input.Height) || !Fits(shape[3], input.Width))
            {
                throw new VisionSetupException("model-unusable",
                    $"{modelPath} does not fit profile '{profile.Id}': its input is [{string.Join(", ", shape)}], expected batch x 3 x "
                        + $"{input.Height} x {input.Width}.");
            }

            TakesBatches = shape[0] <= 0;
            _plan = TakesBatches ? plan : plan with { SizeMax = 1 };
            TryOut(modelPath);
            _memories = _plan.Mode == BatchMode.Plain ? null
                : new BatchMemories(_plan, runtime, _session, BatchShape.Of(_session, input, numbers));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// True when the model takes several crops in one run. A model that was exported with a fixed batch says so in its input shape, and it
    /// runs crop by crop.
    /// </summary>
    public bool TakesBatches { get; }

    /// <summary>Runs the model.</summary>
    /// <param name="crops">Crops of the size of the input. They are not disposed.</param>
    /// <returns>One result per crop in the same order.</returns>
    /// <exception cref="InvalidOperationException">The model gave another count of numbers, or numbers without a meaning.</exception>
    public T[] Run(IReadOnlyList<RgbImage> crops)
    {
        var answers = new T[crops.Count];
        int step = Math.Clamp(crops.Count, 1, _plan.SizeMax);
        for (int start = 0; start < crops.Count; start += step)
        {
            int count = Math.Min(step, crops.Count - start);
            if (_memories is null)
            {
                RunPlain(crops, start, count, answers);
            }
            else
            {
                _memories.Use(count, memory => RunIn(memory, crops, start, count, answers));
            }
        }

        return answers;
    }

    /// <summary>
    /// Runs every batch size that can occur. A GPU prepares work once per size, and the first picture does not have to wait for it. Graphs
    /// are recorded before anything else uses the device. Call it on the thread that will run the batches.
    /// </summary>
    /// <param name="sizeMax">Most crops in one run.</param>
    /// <exception cref="VisionSetupException">
    /// A run fails, or a later run gives other numbers than the first one (<c>provider-unavailable</c>).
    /// </exception>
    public void WarmUp(int sizeMax)
    {
        using RgbImage crop = TestCrop();
        try
        {
            foreach (int size in BatchPlan.Sizes(Math.Min(sizeMax, _plan.SizeMax)))
            {
                WarmUp([.. Enumerable.Repeat(crop, size)]);
            }
        }
        catch (Exception error) when (error is OnnxRuntimeException or InvalidOperationException)
        {
            throw new VisionSetupException("provider-unavailable",
                $"The model of profile '{_profile.Id}' fails during its warm-up: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memories?.Dispose();
        _session.Dispose();
        _runOptions.Dispose();
    }

    private void RunIn(IBatchMemory memory, IReadOnlyList<RgbImage> crops, int start, int count, T[] answers)
    {
        Fill(crops, start, count, memory.Input);
        Read(memory.Run(count), answers.AsSpan(start, count));
    }

    private void RunPlain(IReadOnlyList<RgbImage> crops, int start, int count, T[] answers)
    {
        int each = 3 * _input.Width * _input.Height;
        float[] input = ArrayPool<float>.Shared.Rent(count * each);
        try
        {
            Fill(crops, start, count, input);
            using var tensor = OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, input.AsMemory(0, count * each), [count, 3, _input.Height, _input.Width]);
            using var outputs = _session.Run(_runOptions, _inputNames, [tensor], _outputNames);
            var numbers = outputs[0].GetTensorDataAsSpan<float>();
            if (numbers.Length != count * _numbers)
            {
                throw new InvalidOperationException(
                    $"The model gave {numbers.Length} numbers for {count} faces; profile '{_profile.Id}' says {_numbers} each.");
            }

            Read(numbers, answers.AsSpan(start, count));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(input);
        }
    }

    private void Fill(IReadOnlyList<RgbImage> crops, int start, int count, Span<float> input)
    {
        int each = 3 * _input.Width * _input.Height;
        for (int index = 0; index < count; index++)
        {
            Span<float> one = input.Slice(index * each, each);
            TensorFiller.Fill(crops[start + index], one, _input.Width, _input.Height, _input.Colour, _input.Mean, _input.Scale);
        }
    }

    private void Read(ReadOnlySpan<float> numbers, Span<T> answers)
    {
        for (int index = 0; index < answers.Length; index++)
        {
            answers[index] = _read(numbers.Slice(index * _numbers, _numbers));
        }
    }

    /// <summary>Runs a batch four times: two runs, a third one that records the graph, and a fourth one that replays it.</summary>
    private void WarmUp(RgbImage[] crops)
    {
        const int Runs = 4;
        if (_memories is null)
        {
            Run(crops);
            return;
        }

        _memories.Use(crops.Length, memory =>
        {
            Fill(crops, 0, crops.Length, memory.Input);
            float[] first = memory.Run(crops.Length).ToArray();
            for (int run = 1; run < Runs; run++)
            {
                RequireSame(first, memory.Run(crops.Length), crops.Length);
            }
        });
    }

    /// <summary>
    /// Checks a recorded graph before it is used. Kernels may add in another order, which changes the last digits.
    /// </summary>
    internal static void RequireSame(ReadOnlySpan<float> first, ReadOnlySpan<float> again, int crops)
    {
        const float Tolerance = 1e-3f;
        float scale = 0;
        foreach (float number in first)
        {
            scale = Math.Max(scale, Math.Abs(number));
        }

        for (int index = 0; index < first.Length; index++)
        {
            if (!(Math.Abs(first[index] - again[index]) <= Tolerance * scale))
            {
                throw new InvalidOperationException($"The same {crops} crops gave {first[index]} at first and {again[index]} later.");
            }
        }
    }

    /// <summary>Makes a crop for a first run. Any picture of more than one colour will do; this one is the same at every start.</summary>
    private RgbImage TestCrop()
    {
        var crop = new RgbImage(_input.Width, _input.Height);
        for (int index = 0; index < crop.Pixels.Length; index++)
        {
            crop.Pixels[index] = (byte)(index * 31 % 251);
        }

        return crop;
    }

    private void TryOut(string modelPath)
    {
        using RgbImage crop = TestCrop();
        try
        {
            RunPlain([crop], 0, 1, new T[1]);
        }
        catch (Exception error) when (error is OnnxRuntimeException or InvalidOperationException)
        {
            throw new VisionSetupException(
                "model-unusable", $"{modelPath} does not run as profile '{_profile.Id}' says: {error.Message}", error);
        }
    }

    private static bool Fits(int actual, int expected) => actual <= 0 || actual == expected;
}
