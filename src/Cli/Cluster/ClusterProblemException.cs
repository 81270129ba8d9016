namespace FaceGrid.Cli.Cluster;

/// <summary>The grid refused or could not be reached.</summary>
/// <param name="status">The HTTP status, or 0 when there was no answer.</param>
/// <param name="code">The problem's stable code; <c>unreachable</c> and <c>timeout</c> when there was no answer, <c>http-NNN</c> when it was no problem document.</param>
/// <param name="detail">What is wrong, one sentence.</param>
/// <param name="requestId">Finds the request in the grid's log, when known.</param>
/// <param name="innerException">The cause, when there was no answer.</param>
internal sealed class ClusterProblemException(int status, string code, string detail, string? requestId, Exception? innerException = null)
    : Exception(detail, innerException)
{
    /// <summary>The HTTP status, or 0 when there was no answer.</summary>
    public int Status { get; } = status;

    /// <summary>The problem's stable code.</summary>
    public string Code { get; } = code;

    /// <summary>Finds the request in the grid's log, when known.</summary>
    public string? RequestId { get; } = requestId;

    /// <summary>True when the same request may succeed later: no answer, 429, 502, 503, 504.</summary>
    public bool IsTransient => Status is 0 or 429 or 502 or 503 or 504;
}
