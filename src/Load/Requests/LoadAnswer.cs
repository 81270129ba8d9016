namespace FaceGrid.Load.Requests;

/// <summary>The outcome of one request.</summary>
/// <param name="Code">
/// Null for an answer. Otherwise it says why there is no answer: a problem's code, <c>http-NNN</c>, <c>partial</c>, <c>not-searchable</c>,
/// <c>timeout</c> or <c>unreachable</c>.
/// </param>
/// <param name="Wrong">What is wrong with the answer, or null.</param>
internal readonly record struct LoadAnswer(string? Code, string? Wrong)
{
    /// <summary>A correct answer.</summary>
    public static LoadAnswer Right => default;
}
