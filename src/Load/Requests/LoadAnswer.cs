namespace FaceGrid.Load.Requests;

/// <summary>What came of one request.</summary>
/// <param name="Code">
/// Null for an answer; else why there is none: a problem's code, <c>http-NNN</c>, <c>partial</c>, <c>not-searchable</c>, <c>timeout</c> or
/// <c>unreachable</c>.
/// </param>
/// <param name="Wrong">What is wrong with an answer, or null.</param>
internal readonly record struct LoadAnswer(string? Code, string? Wrong)
{
    /// <summary>An answer as it should be.</summary>
    public static LoadAnswer Right => default;
}
