#pragma warning disable ORLEANSEXP004 // Silo metadata is marked experimental; it is where roles live.
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace FaceGrid.Grains.Placement;

/// <summary>
/// Where each shard belongs: rendezvous hashing with room for an equal share on every silo. The same silos give the same places on every node, no silo has more than one shard of a
/// gallery more than another, and when a silo comes or goes little else moves. A silo that comes back at its old address gets its old shards. Safe for concurrent use.
/// </summary>
/// <param name="membership">Knows the silos.</param>
/// <param name="metadata">Knows their roles.</param>
public sealed class ShardPlaces(IClusterMembershipService membership, ISiloMetadataCache metadata)
{
    private readonly ConcurrentDictionary<(string Gallery, int Level), (SiloAddress[] Silos, SiloAddress[] Places)> _known = new();

    /// <summary>Active silos with the role, ordered.</summary>
    public SiloAddress[] Silos =>
    [
        .. membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active && metadata.RolesOf(member.SiloAddress).Contains(Roles.Shards))
            .Select(member => member.SiloAddress)
            .Order(),
    ];

    /// <summary>The silo of each shard of a gallery.</summary>
    /// <param name="gallery">Gallery id.</param>
    /// <param name="level">Level.</param>
    /// <param name="silos">Silos to spread over, at least one.</param>
    /// <returns>2^<paramref name="level"/> silos, by shard index.</returns>
    public SiloAddress[] PlacesOf(string gallery, int level, SiloAddress[] silos)
    {
        SiloAddress[] ordered = [.. silos.Order()];
        if (_known.TryGetValue((gallery, level), out var known) && known.Silos.AsSpan().SequenceEqual(ordered))
        {
            return known.Places;
        }

        SiloAddress[] places = Spread(gallery, level, ordered);
        _known[(gallery, level)] = (ordered, places);
        return places;
    }

    /// <summary>Forgets galleries that are no more.</summary>
    /// <param name="gallery">Gallery id.</param>
    public void Forget(string gallery)
    {
        foreach ((string Gallery, int Level) key in _known.Keys.Where(key => key.Gallery == gallery))
        {
            _known.TryRemove(key, out _);
        }
    }

    /// <summary>Goes through all pairs of shard and silo, highest weight first, and takes what fits: a shard that has no place yet and a silo that has room.</summary>
    private static SiloAddress[] Spread(string gallery, int level, SiloAddress[] silos)
    {
        int shards = 1 << level;
        var places = new SiloAddress[shards];
        if (silos.Length == 1)
        {
            Array.Fill(places, silos[0]);
            return places;
        }

        ulong[] weights = new ulong[shards * silos.Length];
        int[] pairs = new int[weights.Length];
        ulong[] hashes = [.. silos.Select(silo => Hash($"{gallery}/{level}/{silo.Endpoint}"))];
        for (int pair = 0; pair < pairs.Length; pair++)
        {
            pairs[pair] = pair;
            weights[pair] = Mix(hashes[pair % silos.Length] + (ulong)(pair / silos.Length));
        }

        Array.Sort(weights, pairs);
        int share = shards / silos.Length, larger = shards % silos.Length;
        int[] held = new int[silos.Length];
        for (int i = pairs.Length - 1; i >= 0; i--)
        {
            (int shard, int silo) = Math.DivRem(pairs[i], silos.Length);
            if (places[shard] is null && (held[silo] < share || (held[silo] == share && larger > 0)))
            {
                larger -= held[silo]++ == share ? 1 : 0;
                places[shard] = silos[silo];
            }
        }

        return places;
    }

    private static ulong Hash(string text) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).</summary>
    private static ulong Mix(ulong z)
    {
        z *= 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
