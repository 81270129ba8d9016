using FaceGrid.Abstractions.Errors;

namespace FaceGrid.Abstractions.Sightings;

/// <summary>Stateless reader of what cameras have seen, on every node. Key: 0. All methods throw <see cref="FaceGridException"/> with <see cref="ErrorCodes.StorageUnavailable"/>.</summary>
[Alias("fg.ISightingReaderGrain")]
public interface ISightingReaderGrain : IGrainWithIntegerKey
{
    /// <summary>Lists visits, those that began last first.</summary>
    /// <param name="query">Which ones.</param>
    /// <param name="after"><see cref="SightingPage.Next"/> of the page before, or null.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The page.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.InvalidParameter"/>: <paramref name="after"/> was not given out by this method.</exception>
    [Alias("List")]
    Task<SightingPage> ListAsync(SightingQuery query, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>Reads one visit.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The visit, or null.</returns>
    [Alias("Get")]
    Task<Sighting?> GetAsync(string id, CancellationToken cancellationToken);

    /// <summary>Reads the picture of a visit.</summary>
    /// <param name="id">Id of the visit.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A JPEG, or null.</returns>
    [Alias("GetPicture")]
    Task<byte[]?> GetPictureAsync(string id, CancellationToken cancellationToken);

    /// <summary>Erases a visit with everything that was told of it, and its picture. What a camera tells of it afterwards is told as if it were new.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>False when there was none.</returns>
    [Alias("Delete")]
    Task<bool> DeleteAsync(string id, CancellationToken cancellationToken);

    /// <summary>Reads events in their order, and waits for the next ones when there are none yet.</summary>
    /// <param name="after">Position after which to begin; 0 for the first that is kept.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="wait">How long to wait, up to 10 s.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The events; none when the time is over, and at once when <paramref name="after"/> is before what is kept or after what there is.</returns>
    [Alias("ReadEvents")]
    [ResponseTimeout("00:01:00")]
    Task<SightingEvents> ReadEventsAsync(long after, int limit, TimeSpan wait, CancellationToken cancellationToken);
}
