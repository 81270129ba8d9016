using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.People;

namespace FaceGrid.Abstractions.Errors;

/// <summary>
/// A problem with a stable code that a caller can act on. Grains throw it, it crosses silos unchanged, and the gateway turns it into
/// an RFC 9457 problem document. Its message never holds a name, a vector, a picture or a key.
/// </summary>
/// <remarks>An <see cref="OrleansException"/>, because grain storage wraps every other exception and the code would be lost.</remarks>
[GenerateSerializer]
[Alias("fg.exception")]
public sealed class FaceGridException : OrleansException
{
    /// <summary>Creates a problem.</summary>
    /// <param name="code">One of <see cref="ErrorCodes"/>.</param>
    /// <param name="message">One sentence that says what is wrong and, where possible, what to do.</param>
    public FaceGridException(string code, string message)
        : base(message)
    {
        Code = code;
    }

    /// <summary>Creates a problem with its cause.</summary>
    /// <param name="code">One of <see cref="ErrorCodes"/>.</param>
    /// <param name="message">One sentence that says what is wrong.</param>
    /// <param name="innerException">The cause, for logs only.</param>
    public FaceGridException(string code, string message, Exception? innerException)
        : base(message, innerException!)
    {
        Code = code;
    }

    /// <summary>One of <see cref="ErrorCodes"/>; stable across versions.</summary>
    [Id(0)]
    public string Code { get; }

    /// <summary>Who looks like the face, with <see cref="ErrorCodes.DuplicatePerson"/>; else null.</summary>
    [Id(20)]
    public LookAlike? LookAlike { get; init; }

    /// <summary>
    /// What is wrong with the face, with <see cref="ErrorCodes.LowQuality"/>: names of <see cref="QualityLimits.ReasonsAgainst"/>; else
    /// null.
    /// </summary>
    [Id(21)]
    public string[]? Reasons { get; init; }

    /// <summary>The usable faces of the picture, with <see cref="ErrorCodes.SeveralFaces"/>; else null.</summary>
    [Id(22)]
    public NumberedBox[]? Boxes { get; init; }
}
