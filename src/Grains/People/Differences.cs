using FaceGrid.Abstractions.Errors;

namespace FaceGrid.Grains.People;

/// <summary>The people from whom a person was declared different.</summary>
internal static class Differences
{
    /// <summary>How many there may be.</summary>
    public const int Max = 256;

    /// <summary>Declares a person different, or takes that back.</summary>
    /// <param name="known">People declared so far, or null for none; left unchanged.</param>
    /// <param name="other">Person id.</param>
    /// <param name="different">True to declare it.</param>
    /// <returns>The people now, in order of declaration; null for none.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.InvalidParameter"/> past <see cref="Max"/>.</exception>
    public static List<string>? Change(List<string>? known, string other, bool different)
    {
        List<string> others = [.. (known ?? []).Where(one => one != other)];
        if (different)
        {
            others.Add(other);
        }

        return others.Count switch
        {
            0 => null,
            > Max => throw new FaceGridException(
                ErrorCodes.InvalidParameter, $"A person is declared different from at most {Max} others."),
            _ => others,
        };
    }
}
