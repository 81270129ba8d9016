using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Sightings;

namespace FaceGrid.Cameras.Sightings;

/// <summary>Where cameras write down what they have seen. What it has accepted survives everything and is told to whoever listens, in one order.</summary>
public interface ISightingLog
{
    /// <summary>
    /// Writes a new visit, or what has changed of one. A revision that is already there changes nothing, so a call whose answer was lost may be repeated. Of a person or visitor who has been deleted meanwhile
    /// nothing is kept, and that is no error.
    /// </summary>
    /// <param name="sighting">The visit as it stands.</param>
    /// <param name="picture">The best picture so far as JPEG, at most 256 KiB; null leaves the one that is kept.</param>
    /// <param name="cancellationToken">Ends the wait; it may have been written all the same.</param>
    /// <returns>When the visit is durable.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.StorageUnavailable"/>: not written, or not known; ask again.</exception>
    Task RecordAsync(Sighting sighting, byte[]? picture, CancellationToken cancellationToken);

    /// <summary>Visits of a camera that have not ended, for a node that takes the camera over from another.</summary>
    /// <param name="camera">Camera id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The visits with their last revision; at most a few hundred.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.StorageUnavailable"/>.</exception>
    Task<IReadOnlyList<Sighting>> PresentAsync(string camera, CancellationToken cancellationToken);
}
