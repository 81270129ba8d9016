using System.Text.Json;
using FaceGrid.Client;

namespace FaceGrid.Load.Requests;

/// <summary>
/// Makes requests with pictures. Each picture is enrolled beforehand, and its digest is part of the person's id. So a search with this
/// picture must find a person with that digest in the id. The id itself may differ, because the load may have enrolled the picture again
/// under another id. Safe for concurrent use.
/// </summary>
/// <param name="plan">What was asked for.</param>
/// <param name="pictures">The pictures, at least one; all have one usable face.</param>
/// <param name="run">Number of the run. It tells the people of this run from those of earlier runs.</param>
/// <param name="gallery">The gallery.</param>
internal sealed class PictureQuestions(LoadPlan plan, IReadOnlyList<LoadPicture> pictures, long run, GalleryClient gallery)
{
    /// <summary>
    /// The same picture may give vectors this far apart, because a batch of another size, or another device, rounds differently.
    /// </summary>
    private const double DistanceTolerance = 0.05;

    private readonly string _identifyPath = $"{gallery.Path}/identify?threshold={plan.Threshold:R}";

    /// <summary>The id of the person who is enrolled with a picture beforehand.</summary>
    /// <param name="picture">The picture.</param>
    /// <returns>The id.</returns>
    public static string Id(LoadPicture picture) => $"{LoadPeople.Prefix}picture:{picture.Digest}";

    /// <summary>Makes a request.</summary>
    /// <param name="number">Number of the request. The same number gives the same request.</param>
    /// <returns>The request.</returns>
    public LoadQuestion Next(long number)
    {
        LoadDraws draws = new(plan.Seed, LoadPurpose.Question, number);
        LoadOperation operation = plan.Mix.Choose(draws.NextShare());
        LoadPicture picture = pictures[draws.NextIndex(pictures.Count)];
        string path = operation switch
        {
            LoadOperation.Identify => _identifyPath,
            LoadOperation.Verify => $"{gallery.PersonPath(Id(picture))}/verify",
            _ => $"{gallery.PersonPath($"{LoadPeople.Prefix}{run}-{number:d8}:{picture.Digest}")}/faces",
        };
        return new LoadQuestion(operation, path, picture.Picture.Bytes, picture.Picture.ContentType, answer => operation switch
        {
            LoadOperation.Identify => FaultOfIdentify(picture, answer),
            LoadOperation.Verify => answer.Number("distance") <= DistanceTolerance
                ? null
                : $"the picture {picture.Digest} is {DistanceText.Of(answer.Number("distance"))} from itself.",
            _ => answer.Flag("created") ? null : $"the picture {picture.Digest} is a new person's, the answer says known.",
        });
    }

    private static string? FaultOfIdentify(LoadPicture picture, JsonElement answer)
    {
        JsonElement[] nearest = [.. answer.Items("faces").SelectMany(face => face.Items("candidates").Take(1))];
        if (Array.Exists(nearest, candidate => IsOf(picture, candidate) && candidate.Number("distance") <= DistanceTolerance))
        {
            return null;
        }

        IEnumerable<string> found = nearest.Select(candidate =>
            $"{candidate.Text("person")} at distance {DistanceText.Of(candidate.Number("distance"))}");
        return $"asked with the picture {picture.Digest}, the answer is {string.Join(", ", found)}.";
    }

    private static bool IsOf(LoadPicture picture, JsonElement candidate) =>
        candidate.Text("person")?.EndsWith(picture.Digest, StringComparison.Ordinal) == true;
}
