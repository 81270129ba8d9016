using System.Globalization;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;

namespace FaceGrid.Gateway.Recognition;

/// <summary>Which face of a picture a request is about, when the picture has several.</summary>
/// <param name="Text">
/// The query parameter <c>face</c>. <c>dominant</c>, the default, takes the most prominent face where it clearly dominates; <c>main</c>
/// takes the large and central one in any case; <c>only</c> refuses several faces; a number takes the face with this number in the order
/// of <c>POST /v1/detect</c>, from 0.
/// </param>
internal readonly record struct FaceChoice(string Text)
{
    /// <summary>
    /// Sharpness (variance of the Laplacian, see <see cref="FaceQualityInfo.Sharpness"/>) from which a face counts in full. One or two of a
    /// hundred faces of LFW are less sharp (docs/clean-galleries.md).
    /// </summary>
    private const double SharpnessFull = 50;

    /// <summary>Least weight of a blurred face, so that a large one still dominates a crowd far behind it.</summary>
    private const double SharpnessWeightMin = 0.1;

    /// <summary>Reads the query parameter.</summary>
    /// <param name="request">The request.</param>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.InvalidParameter"/>.</exception>
    public static FaceChoice Of(HttpRequest request) => request.Query["face"].ToString() switch
    {
        "" => new FaceChoice("dominant"),
        var text and ("dominant" or "main" or "only") => new FaceChoice(text),
        var text when Number(text) is not null => new FaceChoice(text),
        _ => throw new FaceGridException(
            ErrorCodes.InvalidParameter, "The parameter face must be dominant, main, only or the number of a face, from 0."),
    };

    /// <summary>Chooses.</summary>
    /// <param name="faces">The faces of a picture.</param>
    /// <param name="dominanceMin">How many times as prominent as the next face a dominant one is, 1 or more.</param>
    /// <returns>The number of the face, and what was chosen from; null for the latter when it is the only usable face.</returns>
    /// <exception cref="FaceGridException">
    /// No face, none large enough, several without a clear choice, or no face of that number.
    /// </exception>
    public (int Face, ChosenBody? Chosen) In(PictureFaces faces, double dominanceMin)
    {
        int[] usable = [.. faces.Faces.Index().Where(face => face.Item.Vector is not null).Select(face => face.Index)];
        if (faces.Faces.Length == 0)
        {
            throw new FaceGridException(ErrorCodes.NoFace, "No face was found in the picture.");
        }

        if (usable.Length == 0)
        {
            float eyes = faces.Faces.Max(face => face.Quality.EyeDistance);
            throw new FaceGridException(ErrorCodes.FaceTooSmall, $"The largest face has only {eyes:0} pixels between its eyes.");
        }

        int[] order = [.. usable.OrderByDescending(face => Prominence(faces.Faces[face], faces.Width, faces.Height))];
        int chosen = Number(Text) is { } number ? ByNumber(number, faces, usable)
            : Text == "main" ? usable.MaxBy(face => Centrality(faces.Faces[face], faces.Width, faces.Height))
            : order[0];
        if (usable.Length == 1)
        {
            return (chosen, null);
        }

        double next = order.Where(face => face != chosen).Max(face => Prominence(faces.Faces[face], faces.Width, faces.Height));
        double dominance = Prominence(faces.Faces[chosen], faces.Width, faces.Height) / Math.Max(next, double.Epsilon);
        return Text == "only" || (Text == "dominant" && dominance < dominanceMin)
            ? throw Several(faces, usable)
            : (chosen, new ChosenBody(chosen, usable.Length, (float)Math.Round(Math.Min(dominance, 1_000_000), 2)));
    }

    /// <summary>
    /// How much a face stands out: the area of its box, times exp(-2 d^2) for its distance d from the centre of the picture (1 in a
    /// corner), times its sharpness between a tenth and the whole.
    /// </summary>
    /// <param name="face">The face.</param>
    /// <param name="width">Width of the picture in pixels.</param>
    /// <param name="height">Height of the picture in pixels.</param>
    internal static double Prominence(PictureFace face, int width, int height)
    {
        double x = face.X + (face.Width / 2.0) - (width / 2.0);
        double y = face.Y + (face.Height / 2.0) - (height / 2.0);
        double squares = ((x * x) + (y * y)) / (((double)width * width) + ((double)height * height)) * 4;
        double sharp = Math.Clamp(face.Quality.Sharpness / SharpnessFull, SharpnessWeightMin, 1);
        return (double)face.Width * face.Height * Math.Exp(-2 * squares) * sharp;
    }

    // The area of the box minus twice the squared distance between its centre and the picture's centre, all in pixels. The LFW reference
    // figures choose the face of a picture by this rule.
    private static double Centrality(PictureFace face, int width, int height)
    {
        double x = face.X + (face.Width / 2) - (width / 2.0);
        double y = face.Y + (face.Height / 2) - (height / 2.0);
        return (face.Width * face.Height) - (2 * ((x * x) + (y * y)));
    }

    private static int ByNumber(int number, PictureFaces faces, int[] usable)
    {
        if (number >= faces.Faces.Length)
        {
            throw new FaceGridException(
                ErrorCodes.InvalidParameter,
                $"The picture has {faces.Faces.Length} faces, from number 0; there is none with number {number}.");
        }

        float eyes = faces.Faces[number].Quality.EyeDistance;
        return usable.Contains(number)
            ? number
            : throw new FaceGridException(ErrorCodes.FaceTooSmall, $"Face {number} has only {eyes:0} pixels between its eyes.");
    }

    private static FaceGridException Several(PictureFaces faces, int[] usable)
    {
        IEnumerable<string> places = usable.Take(5).Select(face => faces.Faces[face] is var one
            ? string.Create(CultureInfo.InvariantCulture, $"{face}: {one.Width:0} x {one.Height:0} at {one.X:0},{one.Y:0}")
            : "");
        return new FaceGridException(
            ErrorCodes.SeveralFaces,
            $"The picture has {usable.Length} usable faces, and exactly one is needed: {string.Join("; ", places)}"
                + $"{(usable.Length > 5 ? " ..." : "")}. Choose one by its number, for example face={usable[0]}, or take the main one with "
                + "face=main.")
        {
            Boxes = [.. usable.Select(face => new NumberedBox(
                face, faces.Faces[face].X, faces.Faces[face].Y, faces.Faces[face].Width, faces.Faces[face].Height))],
        };
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
