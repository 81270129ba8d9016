using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace FaceGrid.Grains.Placement;

/// <summary>
/// Rendezvous hashing with equal shares. The same things and places give the same answer on every node, the shares of two places differ
/// by at most one thing, and when a place comes or goes little else moves.
/// </summary>
internal static class Rendezvous
{
    /// <summary>
    /// Goes through all pairs of thing and place, highest weight first, and takes each pair whose thing has no place yet and whose place
    /// has room.
    /// </summary>
    /// <param name="things">How many things.</param>
    /// <param name="places">How many places, at least one.</param>
    /// <param name="weight">Weight of a pair, by index of the thing and of the place.</param>
    /// <returns>The place of each thing.</returns>
    public static int[] Spread(int things, int places, Func<int, int, ulong> weight)
    {
        int[] placeOf = new int[things];
        if (places == 1)
        {
            return placeOf;
        }

        Array.Fill(placeOf, -1);
        ulong[] weights = new ulong[things * places];
        int[] pairs = new int[weights.Length];
        for (int pair = 0; pair < pairs.Length; pair++)
        {
            pairs[pair] = pair;
            weights[pair] = weight(pair / places, pair % places);
        }

        Array.Sort(weights, pairs);
        int share = things / places, larger = things % places;
        int[] held = new int[places];
        for (int i = pairs.Length - 1; i >= 0; i--)
        {
            (int thing, int place) = Math.DivRem(pairs[i], places);
            if (placeOf[thing] < 0 && (held[place] < share || (held[place] == share && larger > 0)))
            {
                larger -= held[place]++ == share ? 1 : 0;
                placeOf[thing] = place;
            }
        }

        return placeOf;
    }

    /// <summary>A hash that is the same on every node and in every version.</summary>
    public static ulong Hash(string text) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).</summary>
    public static ulong Mix(ulong z)
    {
        z *= 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
