using System.Security.Cryptography;
using System.Text;
using FaceGrid.Abstractions.Sightings;

namespace FaceGrid.Cameras.Rules;

/// <summary>
/// Keeps a rule from publishing the same person again within its cooldown. Times are those of the visits, so that a target that was
/// away receives the same as one that was not. They count in both directions, because the clocks of cameras differ and jump.
/// </summary>
internal static class RuleCooldown
{
    /// <summary>Most people that are remembered; the oldest are forgotten first.</summary>
    public const int PeopleMax = 10_000;

    /// <summary>Whether a person was published within the cooldown.</summary>
    /// <param name="state">The rule's row.</param>
    /// <param name="cooldown">The cooldown; zero for none.</param>
    /// <param name="moment"><c>begun</c> or <c>ended</c>; each has a cooldown of its own.</param>
    /// <param name="sighting">The visit.</param>
    public static bool Covers(RuleState state, TimeSpan cooldown, string moment, Sighting sighting) => cooldown > TimeSpan.Zero
        && state.Published.TryGetValue(KeyOf(state.Salt, moment, sighting), out DateTimeOffset at)
        && (sighting.LastSeen - at).Duration() < cooldown;

    /// <summary>What the row holds after a visit was published: that person, and all others whose cooldown is not over.</summary>
    /// <param name="state">The rule's row; it is not changed.</param>
    /// <param name="cooldown">The cooldown; zero for none.</param>
    /// <param name="moment"><c>begun</c> or <c>ended</c>.</param>
    /// <param name="sighting">The visit.</param>
    /// <returns>The next <see cref="RuleState.Published"/>, with at most <see cref="PeopleMax"/> entries.</returns>
    public static Dictionary<string, DateTimeOffset> Remember(RuleState state, TimeSpan cooldown, string moment, Sighting sighting)
    {
        if (cooldown == TimeSpan.Zero)
        {
            return [];
        }

        IEnumerable<KeyValuePair<string, DateTimeOffset>> still =
            state.Published.Where(published => (sighting.LastSeen - published.Value).Duration() < cooldown);
        if (state.Published.Count >= PeopleMax)
        {
            still = still.OrderByDescending(published => published.Value).Take(PeopleMax - 1);
        }

        return new Dictionary<string, DateTimeOffset>(still, StringComparer.Ordinal)
        {
            [KeyOf(state.Salt, moment, sighting)] = sighting.LastSeen,
        };
    }

    // A salted hash, so that the row names nobody: a person who is erased leaves nothing readable here.
    private static string KeyOf(byte[] salt, string moment, Sighting sighting)
    {
        byte[] person = Encoding.UTF8.GetBytes($"{moment} {Rule.PersonOf(sighting)}");
        return Convert.ToHexStringLower(SHA256.HashData([.. salt, .. person]).AsSpan(0, 16));
    }
}
