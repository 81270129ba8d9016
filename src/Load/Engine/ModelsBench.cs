using System.Diagnostics;
using FaceGrid.Models;
using FaceGrid.Vision.Execution;
using Microsoft.ML.OnnxRuntime;

namespace FaceGrid.Load.Engine;

/// <summary>Runs models in turns, so that a busy moment of the machine affects all of them.</summary>
internal sealed class ModelsBench : IDisposable
{
    private const int RunsPerRound = 20;
    private const int WarmRuns = 10;
    private const int PictureWidth = 640;
    private const int PictureHeight = 480;

    private readonly List<(ModelProfile Profile, InferenceSession Session, OrtValue Input, float[] Numbers)> _models = [];
    private readonly RunOptions _runOptions = new();

    /// <summary>Opens the models.</summary>
    /// <param name="store">Where their files are.</param>
    /// <param name="profiles">The models' profiles.</param>
    /// <exception cref="LoadException">A file is missing.</exception>
    public ModelsBench(ModelStore store, IEnumerable<ModelProfile> profiles)
    {
        foreach (ModelProfile profile in profiles)
        {
            string path = store.Find(profile)
                ?? throw new LoadException($"The file of profile '{profile.Id}' is not on this machine.", "model-missing");
            (int width, int height) = profile switch
            {
                EmbedderProfile embedder => (embedder.InputWidth, embedder.InputHeight),
                PadProfile pad => (pad.InputWidth, pad.InputHeight),
                DetectorProfile { InputWidth: > 0 } detector => (detector.InputWidth, detector.InputHeight),
                _ => (PictureWidth, PictureHeight),
            };
            float[] numbers = new float[3 * width * height];
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = i * 31 % 251; // Any picture with several colours will do. This one is the same in every run.
            }

            InferenceSession session = InferenceRuntime.Create("cpu", path).Open(path, shapesVary: false);
            _models.Add(
                (
                    profile,
                    session,
                    OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, numbers.AsMemory(), [1, 3, height, width]),
                    numbers));
        }
    }

    /// <summary>Measures.</summary>
    /// <param name="rounds">Number of rounds. In each, every model runs 20 times.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>The times, in the order of the profiles.</returns>
    public IReadOnlyList<ModelTime> Measure(int rounds, CancellationToken cancellationToken)
    {
        double[][] medians = [.. _models.Select(_ => new double[rounds])];
        double[] fastest = [.. _models.Select(_ => double.PositiveInfinity)];
        for (int round = 0; round < rounds; round++)
        {
            for (int model = 0; model < _models.Count; model++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Spread turn = Turn(model, round == 0 ? WarmRuns : 1);
                medians[model][round] = turn.Median;
                fastest[model] = Math.Min(fastest[model], turn.Min);
            }
        }

        return
        [
            .. _models.Select(
                (model, index) => new ModelTime(
                    model.Profile.Id, model.Profile.Kind, model.Profile.Bytes, Spread.Of(medians[index]), fastest[index])),
        ];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var model in _models)
        {
            model.Input.Dispose();
            model.Session.Dispose();
        }

        _runOptions.Dispose();
    }

    private Spread Turn(int model, int warmRuns)
    {
        (_, InferenceSession session, OrtValue input, _) = _models[model];
        string[] inputs = [.. session.InputMetadata.Keys], outputs = [.. session.OutputMetadata.Keys];
        double[] milliseconds = new double[RunsPerRound];
        for (int run = -warmRuns; run < RunsPerRound; run++)
        {
            long start = Stopwatch.GetTimestamp();
            using (session.Run(_runOptions, inputs, [input], outputs))
            {
                milliseconds[Math.Max(run, 0)] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }

        return Spread.Of(milliseconds);
    }
}
