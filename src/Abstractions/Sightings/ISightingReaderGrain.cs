using FaceGrid.Abstractions.Errors;

namespace FaceGrid.Abstractions.Sightings;

/// <summary>
/// Stateless reader of sightings, on every node. Key: 0. All methods throw <see cref="FaceGridException"/> with
/// <see cref="ErrorCodes.StorageUnavailable"/>.
/// </summary>
[Alias("fg.ISightingReaderGrain")]
public interface ISightingReaderGrain : IGrainWithIntegerKey
{
    /// <summary>Lists visits, the newest first.</summary>
    /// <param name="query">Which ones.</param>
    /// <param name="after"><see cref="SightingPage.Next"/> of the page before, or null.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="cancellationToken">Ends the wait; the call changes nothing.</param>
    /// <returns>The page.</returns>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.InvalidParameter"/>: <paramref name="after"/> was not given out by this method.
    /// </exception>
    [Alias("List")]
    Task<SightingPage> ListAsync(SightingQuery query, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>Reads one visit.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Ends the wait; the call changes nothing.</param>
    /// <returns>The visit, or null.</returns>
    [Alias("Get")]
    Task<Sighting?> GetAsync(string id, CancellationToken cancellationToken);

    /// <summary>Reads the picture of a visit.</summary>
    /// <param name="id">Id of the visit.</param>
    /// <param name="cancellationToken">Ends the wait; the call changes nothing.</param>
    /// <returns>A JPEG, or null.</returns>
    [Alias("GetPicture")]
    Task<byte[]?> GetPictureAsync(string id, CancellationToken cancellationToken);

    /// <summary>Erases a visit with its events and its picture. A later revision by a camera counts as a new visit.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Ends the wait; the visit may be erased all the same.</param>
    /// <returns>False when there was none.</returns>
    [Alias("Delete")]
    Task<bool> DeleteAsync(string id, CancellationToken cancellationToken);

    /// <summary>Reads events in their order, and waits for the next one when there is none yet.</summary>
    /// <param name="after">Position after which to begin; 0 for the first that is kept.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="wait">How long to wait, up to 10 s.</param>
    /// <param name="cancellationToken">Ends the wait; the call changes nothing.</param>
    /// <returns>
    /// The events; none when the time is over. It answers at once when <paramref name="after"/> is before the first event that is kept, or
    /// after the last one.
    /// </returns>
    [Alias("ReadEvents")]
    [ResponseTimeout("00:01:00")]
    Task<SightingEvents> ReadEventsAsync(long after, int limit, TimeSpan wait, CancellationToken cancellationToken);
}
