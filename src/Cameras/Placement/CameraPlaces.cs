#pragma warning disable ORLEANSEXP004 // Silo metadata is marked experimental; it is where roles live.
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Cameras.State;
using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;
using Microsoft.Extensions.Options;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace FaceGrid.Cameras.Placement;

/// <summary>
/// Where each camera belongs: on a node with the embedder role, an equal share on each (<see cref="Rendezvous"/>). The same cameras and
/// silos give the same places on every node. Nodes read the list of cameras every few seconds. While their lists differ they may disagree;
/// the camera's own node moves it as soon as its list is up to date. Safe for concurrent use.
/// </summary>
/// <param name="membership">Knows the silos.</param>
/// <param name="metadata">Knows their roles.</param>
/// <param name="rows">The cameras' rows.</param>
/// <param name="reader">Reads them.</param>
/// <param name="options">Room of a node.</param>
public sealed class CameraPlaces(
    IClusterMembershipService membership,
    ISiloMetadataCache metadata,
    IGrainRows rows,
    RowReader<CameraState> reader,
    IOptions<CameraOptions> options)
{
    private volatile string[] _cameras = [];
    private volatile Places? _known;

    /// <summary>Active silos with the role, ordered.</summary>
    public SiloAddress[] Silos => metadata.SilosWith(Roles.Embedder, membership);

    /// <summary>Reads which cameras there are.</summary>
    /// <param name="cancellationToken">Stops reading; the list stays as it was.</param>
    /// <returns>Ids of the cameras that are on, in order, without those whose row is damaged.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.StorageUnavailable"/>.</exception>
    public async Task<IReadOnlyList<string>> ReadAsync(CancellationToken cancellationToken)
    {
        var cameras = new List<string>();
        string first = ICameraGrain.KeyOf("");
        await foreach (GrainRow row in rows.ReadAllAsync(CameraStateNames.Camera, first, after: null, cancellationToken))
        {
            if (reader.TryRead(row, static state => state.Settings is { Enabled: true }, out bool on) && on)
            {
                cameras.Add(row.Key[first.Length..]);
            }
        }

        return _cameras = [.. cameras.Order(StringComparer.Ordinal)];
    }

    /// <summary>The silo where a camera belongs, even if it is not in the list yet.</summary>
    /// <param name="camera">Camera id.</param>
    /// <param name="silos">Silos to spread over, at least one.</param>
    public SiloAddress PlaceOf(string camera, SiloAddress[] silos)
    {
        Places places = PlacesWith(camera, silos);
        return places.Silos[places.PlaceOf[Array.BinarySearch(places.Cameras, camera, StringComparer.Ordinal)]];
    }

    /// <summary>
    /// Whether its silo has room for a camera. The first ones by id have room: when nodes die, the others do not take more cameras than
    /// they can run.
    /// </summary>
    /// <param name="camera">Camera id.</param>
    /// <param name="silo">The silo where it is.</param>
    public bool HasRoom(string camera, SiloAddress silo)
    {
        SiloAddress[] silos = Silos;
        if (!silos.Contains(silo))
        {
            return true; // A camera can move while we count. The next count decides.
        }

        Places places = PlacesWith(camera, silos);
        int before = 0;
        for (int index = 0; index < places.Cameras.Length && string.CompareOrdinal(places.Cameras[index], camera) < 0; index++)
        {
            before += places.Silos[places.PlaceOf[index]].Equals(silo) ? 1 : 0;
        }

        return before < options.Value.CamerasMax;
    }

    private Places PlacesWith(string camera, SiloAddress[] silos)
    {
        string[] cameras = _cameras;
        SiloAddress[] ordered = [.. silos.Order()];
        if (Array.BinarySearch(cameras, camera, StringComparer.Ordinal) < 0)
        {
            return Compute([.. cameras.Append(camera).Order(StringComparer.Ordinal)], ordered);
        }

        Places? known = _known;
        return known is not null && ReferenceEquals(known.Cameras, cameras) && known.Silos.AsSpan().SequenceEqual(ordered)
            ? known
            : _known = Compute(cameras, ordered);
    }

    private static Places Compute(string[] cameras, SiloAddress[] silos)
    {
        ulong[] things = Array.ConvertAll(cameras, Rendezvous.Hash);
        ulong[] places = Array.ConvertAll(silos, silo => Rendezvous.Hash(silo.Endpoint.ToString()));
        int[] placeOf = Rendezvous.Spread(
            cameras.Length, silos.Length, (camera, silo) => Rendezvous.Mix(things[camera] ^ Rendezvous.Mix(places[silo])));
        return new Places(cameras, silos, placeOf);
    }

    private sealed record Places(string[] Cameras, SiloAddress[] Silos, int[] PlaceOf);
}
