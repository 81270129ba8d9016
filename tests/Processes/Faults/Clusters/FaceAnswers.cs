using System.Text.Json;

namespace FaceGrid.Tests.Faults.Clusters;

/// <summary>Reads answers about one face.</summary>
internal static class FaceAnswers
{
    /// <summary>Who the only face of an identify matched; null for nobody, and where no face was found.</summary>
    public static string? NamedIn(JsonElement identified) =>
        identified.GetProperty("faces").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } face && face.GetProperty("decision").GetString() == "match" ? face.GetProperty("person").GetString() : null;
}
