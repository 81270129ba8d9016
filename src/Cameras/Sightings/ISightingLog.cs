using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Sightings;

namespace FaceGrid.Cameras.Sightings;

/// <summary>
/// The log in which cameras write down what they have seen. What it has accepted is durable, and listeners get it in one order.
/// </summary>
public interface ISightingLog
{
    /// <summary>
    /// Writes a new visit, or a new revision of one. A revision that is already there changes nothing, so a call whose answer was lost may
    /// be repeated. Nothing is kept of a person or visitor who was deleted meanwhile, and that is no error.
    /// </summary>
    /// <param name="sighting">The visit as it stands.</param>
    /// <param name="picture">The best picture so far as JPEG, at most 256 KiB; null leaves the one that is kept.</param>
    /// <param name="cancellationToken">Stops waiting; the visit may be written all the same.</param>
    /// <returns>When the visit is durable.</returns>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.StorageUnavailable"/>: it was not written, or nobody knows; call again.
    /// </exception>
    Task RecordAsync(Sighting sighting, byte[]? picture, CancellationToken cancellationToken);

    /// <summary>Visits of a camera that have not ended, for a node that takes the camera over from another.</summary>
    /// <param name="camera">Camera id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The visits with their last revision; at most a few hundred.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.StorageUnavailable"/>.</exception>
    Task<IReadOnlyList<Sighting>> PresentAsync(string camera, CancellationToken cancellationToken);
}
