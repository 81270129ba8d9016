namespace FaceGrid.Client;

/// <summary>The grid refused a request, or it could not be reached. The message is one sentence for people.</summary>
/// <param name="status">The HTTP status, or 0 when there was no answer.</param>
/// <param name="code">The problem's stable code; see <see cref="Code"/>.</param>
/// <param name="detail">What is wrong, one sentence.</param>
/// <param name="requestId">Finds the request in the grid's log, when known.</param>
/// <param name="innerException">The cause, when there was no answer.</param>
public sealed class ClusterProblemException(int status, string code, string detail, string? requestId, Exception? innerException = null)
    : Exception(detail, innerException)
{
    /// <summary>The code of an answer that no gateway of FaceGrid gives.</summary>
    public const string NotAGateway = "not-a-gateway";

    /// <summary>The HTTP status, or 0 when there was no answer.</summary>
    public int Status { get; } = status;

    /// <summary>
    /// A stable code. It is one of the grid's codes (docs/api.md), or <c>unreachable</c> or <c>timeout</c> when there was no answer,
    /// <c>http-NNN</c> for a refusal without a problem document, <see cref="NotAGateway"/> for a success that cannot be read.
    /// </summary>
    public string Code { get; } = code;

    /// <summary>Finds the request in the grid's log, when known.</summary>
    public string? RequestId { get; } = requestId;

    /// <summary>True when the same request may succeed later: no answer, 429, 502, 503, 504.</summary>
    public bool IsTransient => IsTransientStatus(Status);

    /// <summary>Whether a request that ended with a status may succeed later.</summary>
    /// <param name="status">An HTTP status, or 0 when there was no answer.</param>
    /// <returns>True for 0, 429, 502, 503 and 504.</returns>
    public static bool IsTransientStatus(int status) => status is 0 or 429 or 502 or 503 or 504;

    /// <summary>An answer that no gateway of FaceGrid gives.</summary>
    /// <param name="detail">What is wrong with it, one sentence.</param>
    /// <returns>A problem that no second try mends.</returns>
    internal static ClusterProblemException Unreadable(string detail) => new(200, NotAGateway, detail, requestId: null);
}
