namespace FaceGrid.Client;

/// <summary>What the bulk endpoint made of one person.</summary>
/// <param name="Status">An HTTP status: 200 known before, 201 new, 202 stored and not yet searchable, or that of a refusal.</param>
/// <param name="Code">The problem's code, or null.</param>
/// <param name="Detail">The problem, one sentence, or null.</param>
public sealed record PersonResult(int Status, string? Code, string? Detail)
{
    /// <summary>The result as an exception, for a caller who takes it for a failure.</summary>
    /// <returns>A problem with the result's status; its code is <c>not-searchable</c> for 202.</returns>
    public ClusterProblemException ToProblem() => new(
        Status, Code ?? (Status == 202 ? "not-searchable" : $"http-{Status}"), Detail ?? $"Status {Status}.", requestId: null);
}
