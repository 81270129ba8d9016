using FaceGrid.Models;
using FaceGrid.Vision.Decoding;
using FaceGrid.Vision.Execution;

namespace FaceGrid.Vision.Pad;

/// <summary>One PAD model. It takes crops and gives the share of the live class.</summary>
/// <remarks>Safe for concurrent calls.</remarks>
internal sealed class PadModel : IDisposable
{
    private readonly CropModel<double> _model;

    /// <summary>Opens the model and runs it once, so that a model that does not fit its profile stops the start.</summary>
    /// <param name="profile">Its profile.</param>
    /// <param name="runtime">The runtime, which names the device.</param>
    /// <param name="modelPath">The checked model file.</param>
    /// <exception cref="VisionSetupException">
    /// The model does not fit the profile or cannot be run (<c>model-unusable</c>, <c>provider-unavailable</c>).
    /// </exception>
    public PadModel(PadProfile profile, InferenceRuntime runtime, string modelPath)
    {
        Profile = profile;
        _model = new CropModel<double>(
            profile, new CropInput(profile.InputWidth, profile.InputHeight, profile.Colour, [0, 0, 0], [1, 1, 1]), profile.Classes,
            LiveShare, runtime, modelPath, BatchPlan.Plain);
    }

    /// <summary>The profile.</summary>
    public PadProfile Profile { get; }

    /// <summary>Computes the share of the live class for each crop.</summary>
    /// <param name="crops">
    /// Crops of <see cref="PadProfile.InputWidth"/> x <see cref="PadProfile.InputHeight"/>. They are not disposed.
    /// </param>
    /// <returns>One share per crop in the same order, 0 to 1.</returns>
    /// <exception cref="InvalidOperationException">The model gave another count of numbers, or some that are not finite.</exception>
    public double[] LiveShares(IReadOnlyList<RgbImage> crops) => _model.Run(crops);

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    /// <summary>Computes the share of one class by softmax, in a way that does not overflow for large numbers.</summary>
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

    private double LiveShare(ReadOnlySpan<float> numbers)
    {
        double share = Softmax(numbers, Profile.LiveClass);
        return double.IsFinite(share)
            ? share
            : throw new InvalidOperationException($"The model of profile '{Profile.Id}' gave numbers that are not finite.");
    }
}
