using FaceGrid.Abstractions.People;

namespace FaceGrid.Grains.People;

/// <summary>Collects for several people who looks like them: each other person once, by their nearest face.</summary>
/// <param name="max">Look-alikes kept per person.</param>
internal sealed class LookAlikes(int max)
{
    private readonly Dictionary<string, Dictionary<string, LookAlike>> _found = new(StringComparer.Ordinal);

    /// <summary>Adds one; of the same person the nearest counts.</summary>
    /// <param name="person">Of whom.</param>
    /// <param name="other">Who looks like them.</param>
    public void Add(string person, LookAlike other)
    {
        if (!_found.TryGetValue(person, out Dictionary<string, LookAlike>? others))
        {
            others = _found[person] = new(StringComparer.Ordinal);
        }

        if (!others.TryGetValue(other.Person, out LookAlike? before) || other.Distance < before.Distance)
        {
            others[other.Person] = other;
        }
    }

    /// <summary>The nearest look-alikes of each person, nearest first and then by id (ordinal); without people who have none.</summary>
    public Dictionary<string, LookAlike[]> ToDictionary() => _found.ToDictionary(
        pair => pair.Key,
        pair => pair.Value.Values.OrderBy(other => other.Distance).ThenBy(other => other.Person, StringComparer.Ordinal).Take(max)
            .ToArray(),
        StringComparer.Ordinal);
}
