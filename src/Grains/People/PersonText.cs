using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.People;

/// <summary>A person's name and labels: their limits, and how a write changes them.</summary>
internal static class PersonText
{
    /// <summary>Labels of one person.</summary>
    public const int LabelsMax = 32;

    /// <summary>Checks the limits.</summary>
    /// <param name="write">A write.</param>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.InvalidParameter"/>.</exception>
    public static void Check(PersonWrite write)
    {
        bool fits = write.Name is null or { Length: <= 256 };
        fits &= write.Labels is null || (write.Labels.Count <= LabelsMax && write.Labels.All(Fits));
        if (!fits)
        {
            throw new FaceGridException(
                ErrorCodes.InvalidParameter,
                $"A name has at most 256 characters; at most {LabelsMax} labels, keys of 1 to 64 and values of at most 256 characters.");
        }

        static bool Fits(KeyValuePair<string, string> label) => label.Key.Length is > 0 and <= 64 && label.Value is { Length: <= 256 };
    }

    /// <summary>Takes over the name and the labels of a write; null members of the write stay as they are.</summary>
    /// <param name="next">The row to change.</param>
    /// <param name="write">The write.</param>
    /// <returns>True when something changed.</returns>
    public static bool Apply(PersonState next, PersonWrite write)
    {
        bool changed = false;
        if (write.Name is not null && write.Name != next.Name)
        {
            next.Name = write.Name;
            changed = true;
        }

        if (write.Labels is not null && !AreSame(write.Labels, next.Labels))
        {
            next.Labels = new Dictionary<string, string>(write.Labels, StringComparer.Ordinal);
            changed = true;
        }

        return changed;
    }

    private static bool AreSame(Dictionary<string, string> a, Dictionary<string, string> b) =>
        a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out string? value) && value == pair.Value);
}
