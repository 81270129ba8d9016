namespace FaceGrid.Load;

/// <summary>A load or a benchmark cannot be run as asked, for a reason that the caller can put right. The message is for people.</summary>
/// <param name="message">One or two sentences: what is wrong and what to do.</param>
/// <param name="code">A stable word for scripts.</param>
internal sealed class LoadException(string message, string code = "failed") : Exception(message)
{
    /// <summary>The code of a request that makes no sense.</summary>
    public const string UsageCode = "usage";

    /// <summary>A stable word for scripts.</summary>
    public string Code { get; } = code;

    /// <summary>Creates an exception for a request that makes no sense.</summary>
    /// <param name="message">What is wrong with the request.</param>
    /// <returns>An exception with the code <see cref="UsageCode"/>.</returns>
    public static LoadException Usage(string message) => new(message, UsageCode);
}
