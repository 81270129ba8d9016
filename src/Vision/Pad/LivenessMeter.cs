using System.Diagnostics;
using FaceGrid.Models;
using FaceGrid.Vision.Decoding;
using FaceGrid.Vision.Execution;
using FaceGrid.Vision.Observability;

namespace FaceGrid.Vision.Pad;

/// <summary>
/// Measures how sure one or more PAD models are that a face is live and not a picture of a face. The result is the mean, over the models,
/// of the share of the live class.
/// </summary>
/// <remarks>Safe for concurrent calls. Two MiniFASNet models take about 3 ms per face on one core.</remarks>
public sealed class LivenessMeter : IDisposable
{
    /// <summary>Most faces in one run of a model. This bounds the memory for a picture of a crowd.</summary>
    private const int BatchSize = 32;

    private readonly LeastBusy<PadModel[]> _devices;

    private LivenessMeter(IReadOnlyList<PadModel[]> devices)
    {
        _devices = new(devices);
        Models = [.. devices[0].Select(model => model.Profile.Id)];
        Threshold = devices[0].Max(model => model.Profile.Threshold);
    }

    /// <summary>Ids of the profiles.</summary>
    public IReadOnlyList<string> Models { get; }

    /// <summary>A face counts as live at or above this value, between 0 and 1. It is the highest threshold of the profiles.</summary>
    public float Threshold { get; }

    /// <summary>Opens the models.</summary>
    /// <param name="models">Profiles, at least one, with their checked files.</param>
    /// <param name="runtime">The runtime of the models.</param>
    /// <exception cref="VisionSetupException">
    /// A model does not fit its profile or cannot be run (<c>model-unusable</c>, <c>provider-unavailable</c>).
    /// </exception>
    public static LivenessMeter Open(IReadOnlyList<(PadProfile Profile, string Path)> models, InferenceRuntime runtime)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(runtime);
        var opened = new List<PadModel>();
        try
        {
            foreach (InferenceRuntime device in runtime.PerDevice())
            {
                foreach ((PadProfile profile, string path) in models)
                {
                    opened.Add(new(profile, device, path));
                }
            }

            return new([.. opened.Chunk(models.Count)]);
        }
        catch
        {
            opened.ForEach(model => model.Dispose());
            throw;
        }
    }

    /// <summary>Measures the liveness of faces of one picture.</summary>
    /// <param name="picture">The upright picture.</param>
    /// <param name="boxes">Their boxes in pixels of <paramref name="picture"/>.</param>
    /// <param name="cancellationToken">Ends the call before the next run of a model. Nothing is kept.</param>
    /// <returns>One value per face in the same order, 0 (certainly a picture of a face) to 1 (certainly live).</returns>
    /// <exception cref="InvalidOperationException">A model gave numbers that are not finite.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public float[] Measure(RgbImage picture, IReadOnlyList<FaceBox> boxes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(boxes);
        float[] live = new float[boxes.Count];
        for (int start = 0; start < boxes.Count; start += BatchSize)
        {
            FaceBox[] batch = [.. boxes.Skip(start).Take(BatchSize)];
            long began = Stopwatch.GetTimestamp();
            double[][] shares = _devices.Use(models => Array.ConvertAll(models, model =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                return Ask(model, picture, batch);
            }));
            VisionMetrics.Liveness.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
            for (int index = 0; index < batch.Length; index++)
            {
                live[start + index] = Fuse(shares, index);
            }
        }

        return live;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PadModel model in _devices.Items.SelectMany(models => models))
        {
            model.Dispose();
        }
    }

    /// <summary>Computes the mean of the models' shares for one face.</summary>
    internal static float Fuse(double[][] shares, int face) => (float)(shares.Sum(model => model[face]) / shares.Length);

    private static double[] Ask(PadModel model, RgbImage picture, FaceBox[] boxes)
    {
        RgbImage[] crops = Array.ConvertAll(boxes, _ => new RgbImage(model.Profile.InputWidth, model.Profile.InputHeight));
        try
        {
            for (int index = 0; index < boxes.Length; index++)
            {
                PictureScaler.Resample(
                    picture, PadRegion.Around(boxes[index], model.Profile.CropScale, picture.Width, picture.Height), crops[index]);
            }

            return model.LiveShares(crops);
        }
        finally
        {
            Array.ForEach(crops, crop => crop.Dispose());
        }
    }
}
