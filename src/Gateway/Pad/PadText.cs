using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Gateway.Pad;

/// <summary>Policies against presentation attacks as callers write them: <c>off</c>, <c>report</c>, <c>require</c>.</summary>
internal static class PadText
{
    /// <summary>Reads a policy.</summary>
    /// <param name="text">The word that the caller sent; null or empty for none.</param>
    /// <param name="name">Name of the parameter, for the message.</param>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.InvalidParameter"/>.</exception>
    public static PadPolicy? Parse(string? text, string name) => text switch
    {
        null or "" => null,
        "off" => PadPolicy.Off,
        "report" => PadPolicy.Report,
        "require" => PadPolicy.Require,
        _ => throw new FaceGridException(ErrorCodes.InvalidParameter, $"{name} must be off, report or require."),
    };

    /// <summary>Writes a policy.</summary>
    public static string? Of(PadPolicy? policy) => policy?.ToString().ToLowerInvariant();
}
