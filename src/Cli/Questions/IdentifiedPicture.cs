using System.Text.Json;
using System.Text.Json.Serialization;
using FaceGrid.Cli.Shell;
using FaceGrid.Client;

namespace FaceGrid.Cli.Questions;

/// <summary>One picture's line in the answer to <c>identify</c>.</summary>
/// <param name="File">The file as given.</param>
/// <param name="Answer">The grid's answer, or null.</param>
/// <param name="Error">Why there is no answer, or null.</param>
internal sealed record IdentifiedPicture(string File, JsonElement? Answer, PictureProblem? Error)
{
    /// <summary>True when at least one face of the picture is somebody's.</summary>
    [JsonIgnore]
    public bool HasMatch => Answer is { } answer && answer.Items("faces").Any(face => face.Text("decision") == "match");
}
