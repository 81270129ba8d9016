using FaceGrid.Abstractions.Errors;

namespace FaceGrid.Gateway.Bodies;

/// <summary>Checks query parameters against the ranges that <c>docs/api.md</c> gives.</summary>
internal static class Parameters
{
    public const int LimitMax = 1000;

    public const int NameLengthMax = 256;

    public static void CheckLimit(int limit)
    {
        if (limit is < 1 or > LimitMax)
        {
            throw new FaceGridException(ErrorCodes.InvalidParameter, $"limit must be 1 to {LimitMax}.");
        }
    }

    /// <summary>Checks a distance. NaN is refused too.</summary>
    public static void CheckThreshold(float? threshold, string name)
    {
        if (threshold is not null and not (>= 0 and <= 2))
        {
            throw new FaceGridException(ErrorCodes.InvalidParameter, $"{name} must be a distance, 0 to 2.");
        }
    }

    public static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;

    /// <summary>Checks a face id in a path. An id that cannot exist is reported as not found.</summary>
    public static string CheckFaceInPath(string face) =>
        IsFaceId(face) ? face : throw new FaceGridException(ErrorCodes.FaceNotFound, "A face id has 32 lower-case hex digits.");

    public static bool IsFaceId(string face) =>
        face.Length == 32 && face.All(letter => char.IsAsciiDigit(letter) || char.IsAsciiHexDigitLower(letter));
}
