using System.Collections.Concurrent;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Gateway.Grid;

/// <summary>
/// Keeps copies of gallery maps for this gateway: a map holds the gallery's policies and the contracts that it wants of faces. A copy is at
/// most a second old. A caller that changes a gallery through this gateway finds the change in force at once. Safe for concurrent use.
/// </summary>
internal sealed class GalleryMaps(GridCaller grid, TimeProvider time)
{
    private static readonly TimeSpan AgeMax = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, (GalleryMap? Map, long ReadAt)> _maps = new(StringComparer.Ordinal);

    /// <summary>Reads a gallery's map.</summary>
    /// <param name="gallery">Gallery id, checked.</param>
    /// <param name="fresh">True to ask the gallery itself.</param>
    /// <param name="cancellationToken">Ends the call. The copy stays as it was.</param>
    /// <returns>The map, or null when there is no such gallery. The grain that answers the question itself reports that.</returns>
    /// <exception cref="FaceGridException">The gallery cannot be reached. Its policies are not guessed.</exception>
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

    /// <summary>Forgets the copy, because a caller has just changed the gallery.</summary>
    public void Forget(string gallery) => Keep(gallery, map: null, time.GetTimestamp());

    // A later answer may arrive before an earlier one, so the later reading stays.
    private void Keep(string gallery, GalleryMap? map, long readAt) =>
        _maps.AddOrUpdate(gallery, (map, readAt), (_, known) => known.ReadAt > readAt ? known : (map, readAt));
}
