using System.Collections.Concurrent;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using Microsoft.Extensions.Options;

namespace FaceGrid.Grains.Maps;

/// <summary>
/// This silo's copies of gallery maps, so that the gallery grain is not on the path of each call. Safe for concurrent use.
/// </summary>
/// <param name="grains">Finds the gallery.</param>
/// <param name="options">Age of a copy.</param>
/// <param name="time">Clock.</param>
public sealed class GalleryMaps(IGrainFactory grains, IOptions<GridOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, (GalleryMap Map, long ReadAt)> _maps = new(StringComparer.Ordinal);

    /// <summary>Reads a map, from the copy when it is young enough.</summary>
    /// <param name="gallery">Gallery id.</param>
    /// <param name="fresh">True to ask the gallery itself.</param>
    /// <param name="cancellationToken">Ends the call; it changes nothing.</param>
    /// <returns>The map.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.GalleryNotFound"/>.</exception>
    public async ValueTask<GalleryMap> GetAsync(string gallery, bool fresh, CancellationToken cancellationToken)
    {
        if (!fresh && _maps.TryGetValue(gallery, out var known) && time.GetElapsedTime(known.ReadAt) < options.Value.MapAge)
        {
            return known.Map;
        }

        long readAt = time.GetTimestamp();
        GalleryMap? map = await grains.GetGrain<IGalleryGrain>(IGalleryGrain.KeyOf(gallery)).GetMapAsync(cancellationToken);
        if (map is null)
        {
            _maps.TryRemove(gallery, out _);
            throw new FaceGridException(ErrorCodes.GalleryNotFound, "There is no such gallery.");
        }

        Learn(gallery, map, readAt); // A later answer may have come first.
        return map;
    }

    /// <summary>Takes over a map that a gallery has just answered with.</summary>
    /// <param name="gallery">Gallery id.</param>
    /// <param name="map">Its map.</param>
    /// <param name="askedAt">
    /// Timestamp from before the gallery was asked: a copy is never thought younger than it is, for a deletion waits until all copies are
    /// too old.
    /// </param>
    public void Learn(string gallery, GalleryMap map, long askedAt) =>
        _maps.AddOrUpdate(gallery, (map, askedAt), (_, known) => known.ReadAt > askedAt ? known : (map, askedAt));
}
