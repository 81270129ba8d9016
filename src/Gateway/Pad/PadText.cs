using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Gateway.Pad;

/// <summary>Policies against presentation attacks as callers write them: <c>off</c>, <c>report</c>, <c>require</c>.</summary>
internal static class PadText
{
    /// <summary>Reads one.</summary>
    /// <param name="text">As given; null or empty is none.</param>
    /// <param name="name">What it is called, for the message.</param>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.InvalidParameter"/>.</exception>
    public static PadPolicy? Parse(string? text, string name) => text switch
    {
        null or "" => null,
        "off" => PadPolicy.Off,
        "report" => PadPolicy.Report,
        "require" => PadPolicy.Require,
        _ => throw new FaceGridException(ErrorCodes.InvalidParameter, $"{name} is off, report or require."),
    };

    /// <summary>Writes one.</summary>
    public static string? Of(PadPolicy? policy) => policy?.ToString().ToLowerInvariant();
}
