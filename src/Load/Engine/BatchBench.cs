using System.Diagnostics;
using FaceGrid.Models;
using FaceGrid.Vision.Decoding;
using FaceGrid.Vision.Embedding;
using FaceGrid.Vision.Execution;
using Microsoft.ML.OnnxRuntime;

namespace FaceGrid.Load.Engine;

/// <summary>
/// Runs models with batches of several sizes. The sizes take turns, so that a busy moment of the machine affects all of them.
/// </summary>
/// <remarks>
/// An embedder runs as in a node: it takes crops and gives vectors. For a detector or PAD model, only the run of the model is measured.
/// This time includes the copies of input and output to and from the device. A node gives its detector one picture at a time, so larger
/// batches only show what a node could gain from them.
/// </remarks>
internal sealed class BatchBench : IDisposable
{
    private const int RunsPerRound = 5;
    private const int WarmRuns = 4;
    private const int PictureWidth = 640;
    private const int PictureHeight = 480;

    private readonly List<(ModelProfile Profile, int Batch, Action Run)> _runs = [];
    private readonly Stack<IDisposable> _opened = new();

    /// <summary>Opens the models.</summary>
    /// <param name="store">Where their files are.</param>
    /// <param name="profiles">The models' profiles.</param>
    /// <param name="provider"><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>tensorrt</c>.</param>
    /// <param name="batches">Sizes, ascending. A model that was exported with a batch of one runs only with that size.</param>
    /// <param name="graphs">True to record an embedder's batches as CUDA graphs.</param>
    /// <exception cref="LoadException">A file is missing.</exception>
    /// <exception cref="VisionSetupException">The provider does not work here.</exception>
    public BatchBench(ModelStore store, IEnumerable<ModelProfile> profiles, string provider, IReadOnlyList<int> batches, bool graphs)
    {
        foreach (ModelProfile profile in profiles)
        {
            string path = store.Find(profile)
                ?? throw new LoadException($"The file of profile '{profile.Id}' is not on this machine.", "model-missing");
            InferenceRuntime runtime = InferenceRuntime.Create(provider, path, 1, new AcceleratorOptions { CudaGraphs = graphs });
            Provider = runtime.Provider;
            if (profile is EmbedderProfile embedder)
            {
                Add(embedder, runtime, path, batches);
            }
            else
            {
                Add(profile, runtime, path, batches);
            }
        }
    }

    /// <summary>Where the models run.</summary>
    public string Provider { get; } = "cpu";

    /// <summary>Measures.</summary>
    /// <param name="rounds">Number of rounds. In each, every size runs 5 times.</param>
    /// <param name="cancellationToken">Ends the work after the size that is running. It leaves nothing behind.</param>
    /// <returns>The times by model and size.</returns>
    public IReadOnlyList<BatchTime> Measure(int rounds, CancellationToken cancellationToken)
    {
        double[][] medians = [.. _runs.Select(_ => new double[rounds])];
        double[] fastest = [.. _runs.Select(_ => double.PositiveInfinity)];
        for (int round = 0; round < rounds; round++)
        {
            for (int index = 0; index < _runs.Count; index++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Spread turn = Turn(_runs[index].Run, round == 0 ? WarmRuns : 1);
                medians[index][round] = turn.Median;
                fastest[index] = Math.Min(fastest[index], turn.Min);
            }
        }

        return [.. _runs.Select((run, index) => Time(run.Profile, run.Batch, Spread.Of(medians[index]), fastest[index]))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_opened.TryPop(out IDisposable? opened))
        {
            opened.Dispose();
        }
    }

    private BatchTime Time(ModelProfile profile, int batch, Spread milliseconds, double fastest) =>
        new(profile.Id, profile.Kind, Provider, batch, milliseconds, 1_000 * batch / milliseconds.Median, 1_000 * batch / fastest);

    private void Add(EmbedderProfile profile, InferenceRuntime runtime, string path, IReadOnlyList<int> batches)
    {
        var embedder = new FaceEmbedder(profile, runtime, path, batches[^1]);
        _opened.Push(embedder);
        RgbImage[] crops = [.. Enumerable.Range(0, batches[^1]).Select(_ => new RgbImage(profile.InputWidth, profile.InputHeight))];
        foreach (RgbImage crop in crops)
        {
            _opened.Push(crop);
            for (int i = 0; i < crop.Pixels.Length; i++)
            {
                crop.Pixels[i] = (byte)(i * 31 % 251); // Any picture with several colours will do. This one is the same in every run.
            }
        }

        foreach (int batch in embedder.TakesBatches ? batches : [1])
        {
            RgbImage[] some = crops[..batch];
            _runs.Add((profile, batch, () => embedder.Embed(some)));
        }
    }

    private void Add(ModelProfile profile, InferenceRuntime runtime, string path, IReadOnlyList<int> batches)
    {
        InferenceSession session = runtime.Open(path, shapesVary: true);
        _opened.Push(session);
        var options = new RunOptions();
        _opened.Push(options);
        (int width, int height) = profile switch
        {
            PadProfile pad => (pad.InputWidth, pad.InputHeight),
            DetectorProfile { InputWidth: > 0 } detector => (detector.InputWidth, detector.InputHeight),
            _ => (PictureWidth, PictureHeight),
        };
        string[] inputs = [.. session.InputMetadata.Keys], outputs = [.. session.OutputMetadata.Keys];
        foreach (int batch in session.InputMetadata[inputs[0]].Dimensions[0] <= 0 ? batches : [1])
        {
            float[] numbers = new float[batch * 3 * width * height];
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = i * 31 % 251;
            }

            OrtValue input = OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, numbers.AsMemory(), [batch, 3, height, width]);
            _opened.Push(input);
            _runs.Add((profile, batch, () => session.Run(options, inputs, [input], outputs).Dispose()));
        }
    }

    private static Spread Turn(Action run, int warmRuns)
    {
        double[] milliseconds = new double[RunsPerRound];
        for (int turn = -warmRuns; turn < RunsPerRound; turn++)
        {
            long start = Stopwatch.GetTimestamp();
            run();
            milliseconds[Math.Max(turn, 0)] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return Spread.Of(milliseconds);
    }
}
