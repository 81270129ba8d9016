using FaceGrid.Models;
using FaceGrid.Vision.Decoding;

namespace FaceGrid.Vision.Alignment;

/// <summary>
/// An upright cut-out of a face with a margin. It is small enough to be kept. The crop of any embedder can be made from it later, without
/// the picture.
/// </summary>
/// <param name="Picture">JPEG of <see cref="Side"/> x <see cref="Side"/> pixels, colour not subsampled.</param>
/// <param name="Landmarks">The face's landmarks in pixels of the cut-out.</param>
public sealed record AlignedCrop(byte[] Picture, FaceLandmarks Landmarks)
{
    /// <summary>
    /// Pixels of the cut-out per pixel of the ArcFace template's 112. At 1 an embedder with that template gets the same pixels as from
    /// the picture, apart from the loss of JPEG. docs/migration.md has the cost of each choice.
    /// </summary>
    public const float Scale = 1;

    /// <summary>Pixels kept around the ArcFace template's square on each side, so that other templates fit in.</summary>
    public const int Margin = 24;

    /// <summary>Width and height in pixels.</summary>
    public const int Side = (int)(112 * Scale) + (2 * Margin);

    /// <summary>Quality of the JPEG, 1 to 100.</summary>
    public const int Quality = 95;

    /// <summary>Cuts a face out.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="landmarks">The face's landmarks in pixels of <paramref name="picture"/>.</param>
    /// <param name="encoder">Writes the JPEG.</param>
    /// <returns>The cut-out, or null when the landmarks coincide or are not finite.</returns>
    public static AlignedCrop? Cut(RgbImage picture, FaceLandmarks landmarks, IPictureEncoder encoder) =>
        Cut(picture, landmarks, encoder, Scale, Margin, Quality);

    /// <summary>Does the same at another size and quality, to measure their cost.</summary>
    /// <param name="picture">As above.</param>
    /// <param name="landmarks">As above.</param>
    /// <param name="encoder">As above.</param>
    /// <param name="scale">In place of <see cref="Scale"/>.</param>
    /// <param name="margin">In place of <see cref="Margin"/>.</param>
    /// <param name="quality">In place of <see cref="Quality"/>.</param>
    /// <returns>As above.</returns>
    internal static AlignedCrop? Cut(
        RgbImage picture, FaceLandmarks landmarks, IPictureEncoder encoder, float scale, int margin, int quality)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(landmarks);
        ArgumentNullException.ThrowIfNull(encoder);
        var template = FaceLandmarks.FromArray([.. FaceAligner.ArcFaceTemplate.ToArray().Select(number => (number * scale) + margin)]);
        if (SimilarityTransform.Estimate(landmarks, template) is not { } transform)
        {
            return null;
        }

        int side = (int)(112 * scale) + (2 * margin);
        using var cut = new RgbImage(side, side);
        FaceAligner.Warp(picture, transform.Inverse(), cut);
        return new AlignedCrop(
            encoder.EncodeJpeg(cut, quality, fullColour: true),
            new(
                transform.Apply(landmarks.RightEye),
                transform.Apply(landmarks.LeftEye),
                transform.Apply(landmarks.Nose),
                transform.Apply(landmarks.RightMouthCorner),
                transform.Apply(landmarks.LeftMouthCorner)));
    }
}
