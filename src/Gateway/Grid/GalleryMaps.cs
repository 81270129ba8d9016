using System.Collections.Concurrent;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Gateway.Grid;

/// <summary>
/// This gateway's copies of what galleries say about themselves: their policies, and under which contracts faces are wanted. A copy is a
/// second old at most, except to this gateway's own callers: one who has changed something finds it in force. Safe for concurrent use.
/// </summary>
internal sealed class GalleryMaps(GridCaller grid, TimeProvider time)
{
    private static readonly TimeSpan AgeMax = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, (GalleryMap? Map, long ReadAt)> _maps = new(StringComparer.Ordinal);

    /// <summary>Reads a gallery's map.</summary>
    /// <param name="gallery">Gallery id, checked.</param>
    /// <param name="fresh">True to ask the gallery itself.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The map, or null when there is no such gallery: whoever answers the question itself says so.</returns>
    /// <exception cref="FaceGridException">The gallery cannot be reached: what it would have said is not guessed.</exception>
    public async ValueTask<GalleryMap?> GetAsync(string gallery, bool fresh, CancellationToken cancellationToken)
    {
        if (!fresh && _maps.TryGetValue(gallery, out var known) && known.Map is not null && time.GetElapsedTime(known.ReadAt) < AgeMax)
        {
            return known.Map;
        }

        long readAt = time.GetTimestamp();
        IGalleryGrain grain = grid.Gallery(gallery);
        GalleryMap? map = await grid.CallAsync(grain.GetMapAsync, cancellationToken);
        if (map is null)
        {
            _maps.TryRemove(gallery, out _);
            return null;
        }

        Keep(gallery, map, readAt);
        return map;
    }

    /// <summary>Forgets the copy: a caller has just changed the gallery.</summary>
    public void Forget(string gallery) => Keep(gallery, map: null, time.GetTimestamp());

    // An answer may be overtaken by a later one.
    private void Keep(string gallery, GalleryMap? map, long readAt) =>
        _maps.AddOrUpdate(gallery, (map, readAt), (_, known) => known.ReadAt > readAt ? known : (map, readAt));
}
