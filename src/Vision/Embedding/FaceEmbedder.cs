using FaceGrid.Models;
using FaceGrid.Vision.Decoding;
using FaceGrid.Vision.Execution;

namespace FaceGrid.Vision.Embedding;

/// <summary>Turns aligned crops into unit vectors.</summary>
/// <remarks>Safe for concurrent calls.</remarks>
public sealed class FaceEmbedder : IDisposable
{
    private readonly CropModel<float[]> _model;

    /// <summary>Opens the embedder and runs it once, so that a model that does not fit its profile stops the start.</summary>
    /// <param name="profile">Its profile.</param>
    /// <param name="runtime">The runtime, which names the device.</param>
    /// <param name="modelPath">The checked model file.</param>
    /// <param name="batchSizeMax">
    /// Most faces in one run on a GPU, 1 or more. Memory is allocated for that many. A CPU runs all faces of a call at once.
    /// </param>
    /// <exception cref="VisionSetupException">
    /// The model does not fit the profile or cannot be run (<c>model-unusable</c>, <c>provider-unavailable</c>).
    /// </exception>
    public FaceEmbedder(EmbedderProfile profile, InferenceRuntime runtime, string modelPath, int batchSizeMax = 32)
        : this(profile, runtime, modelPath, BatchPlan.For(runtime, batchSizeMax))
    {
    }

    /// <summary>Does the same with a plan of its own.</summary>
    /// <param name="profile">As above.</param>
    /// <param name="runtime">As above.</param>
    /// <param name="modelPath">As above.</param>
    /// <param name="plan">How batches run.</param>
    /// <exception cref="VisionSetupException">As above.</exception>
    internal FaceEmbedder(EmbedderProfile profile, InferenceRuntime runtime, string modelPath, BatchPlan plan)
    {
        ArgumentNullException.ThrowIfNull(profile);
        Profile = profile;
        _model = new CropModel<float[]>(
            profile, new CropInput(profile.InputWidth, profile.InputHeight, profile.Colour, [.. profile.Mean], [.. profile.Scale]),
            profile.Dimension, Normalise, runtime, modelPath, plan);
    }

    /// <summary>The profile.</summary>
    public EmbedderProfile Profile { get; }

    /// <summary>True when the model takes several crops in one run; false when it has a fixed batch of 1.</summary>
    public bool TakesBatches => _model.TakesBatches;

    /// <summary>Embeds crops.</summary>
    /// <param name="crops">
    /// Aligned crops, each <see cref="EmbedderProfile.InputWidth"/> x <see cref="EmbedderProfile.InputHeight"/>. They are not disposed.
    /// </param>
    /// <returns>One vector per crop in the same order: float32, length <see cref="EmbedderProfile.Dimension"/>, unit L2 norm.</returns>
    /// <exception cref="ArgumentException">A crop has another size.</exception>
    /// <exception cref="InvalidOperationException">The model gave numbers that are not finite or all zero.</exception>
    public float[][] Embed(IReadOnlyList<RgbImage> crops)
    {
        ArgumentNullException.ThrowIfNull(crops);
        return crops.Any(crop => crop.Width != Profile.InputWidth || crop.Height != Profile.InputHeight)
            ? throw new ArgumentException($"A crop is not {Profile.InputWidth} x {Profile.InputHeight} pixels.", nameof(crops))
            : _model.Run(crops);
    }

    /// <inheritdoc cref="CropModel{T}.WarmUp(int)"/>
    internal void WarmUp(int sizeMax) => _model.WarmUp(sizeMax);

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

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
}
