#pragma warning disable ORLEANSEXP004 // Silo metadata is marked experimental; it is where roles live.
using System.Collections.Concurrent;
using FaceGrid.Abstractions.Cluster;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace FaceGrid.Grains.Placement;

/// <summary>
/// Where each shard belongs: rendezvous hashing with an equal share for every silo. The same silos give the same places on every node,
/// two silos differ by at most one shard of a gallery, and when a silo comes or goes few other shards move. A silo that
/// comes back at its old address gets its old shards. Safe for concurrent use.
/// </summary>
/// <param name="membership">Knows the silos.</param>
/// <param name="metadata">Knows their roles.</param>
public sealed class ShardPlaces(IClusterMembershipService membership, ISiloMetadataCache metadata)
{
    private readonly ConcurrentDictionary<(string Gallery, int Level), (SiloAddress[] Silos, SiloAddress[] Places)> _known = new();

    /// <summary>Active silos with the role, ordered.</summary>
    public SiloAddress[] Silos => metadata.SilosWith(Roles.Shards, membership);

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

    private static SiloAddress[] Spread(string gallery, int level, SiloAddress[] silos)
    {
        ulong[] hashes = [.. silos.Select(silo => Rendezvous.Hash($"{gallery}/{level}/{silo.Endpoint}"))];
        int[] places = Rendezvous.Spread(1 << level, silos.Length, (shard, silo) => Rendezvous.Mix(hashes[silo] + (ulong)shard));
        return Array.ConvertAll(places, silo => silos[silo]);
    }
}
