using FaceGrid.Abstractions.Errors;
using Orleans.Concurrency;

namespace FaceGrid.Abstractions.Galleries;

/// <summary>A gallery: its contract, policy and shard level. Key: <see cref="KeyOf"/>.</summary>
[Alias("fg.IGalleryGrain")]
public interface IGalleryGrain : IGrainWithStringKey
{
    /// <summary>
    /// The grain key of a gallery. The prefix is not decoration: the Orleans ADO.NET provider reads a bare key such as <c>cafe</c> as a
    /// hexadecimal number, and <c>cafe</c> and <c>0cafe</c> would share a row.
    /// </summary>
    /// <param name="gallery">Gallery id.</param>
    /// <returns>The key.</returns>
    static string KeyOf(string gallery) => "gallery/" + gallery;

    /// <summary>Creates the gallery or changes its settings.</summary>
    /// <param name="settings">What to set.</param>
    /// <param name="cancellationToken">Ends the wait; the change may still be made.</param>
    /// <returns>The gallery after the change, and whether it was created.</returns>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.ContractMismatch"/> when another contract is bound already, <see cref="ErrorCodes.InvalidParameter"/> for
    /// settings that contradict each other or are out of range,
    /// <see cref="ErrorCodes.NotCalibrated"/> and <see cref="ErrorCodes.PromiseNotCarried"/> for promises that cannot be kept.
    /// </exception>
    [Alias("Put")]
    [ResponseTimeout("00:10:00")]
    Task<(GalleryInfo Gallery, bool Created)> PutAsync(GallerySettings settings, CancellationToken cancellationToken);

    /// <summary>Reads the gallery, with its counts.</summary>
    /// <param name="cancellationToken">Ends the call; it changes nothing.</param>
    /// <returns>The gallery, or null when it does not exist.</returns>
    [Alias("Get")]
    [ResponseTimeout("00:10:00")]
    [AlwaysInterleave]
    Task<GalleryInfo?> GetAsync(CancellationToken cancellationToken);

    /// <summary>Deletes the gallery and everybody in it.</summary>
    /// <param name="life">
    /// Its <see cref="GalleryMap.Epoch"/>, or null for any. A call that was given up and arrives late must not delete a gallery that was
    /// made since.
    /// </param>
    /// <param name="cancellationToken">Ends the wait; the deletion goes on.</param>
    /// <returns>True when it existed, in that life.</returns>
    [Alias("Delete")]
    [ResponseTimeout("00:10:00")]
    Task<bool> DeleteAsync(Guid? life, CancellationToken cancellationToken);

    /// <summary>The map that people, shards and identify work with; answers also while a turn is under way.</summary>
    /// <param name="cancellationToken">Ends the call; it changes nothing.</param>
    /// <returns>The map, or null when the gallery does not exist.</returns>
    [Alias("GetMap")]
    [AlwaysInterleave]
    Task<GalleryMap?> GetMapAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The map as shards need it: this never waits. While the gallery changes over to the next level it is the map of that level,
    /// so that an old shard which starts in between knows that it is not wanted any more.
    /// </summary>
    /// <returns>The map, or null when the gallery does not exist.</returns>
    [Alias("GetShardMap")]
    [AlwaysInterleave]
    Task<GalleryMap?> GetShardMapAsync();

    /// <summary>Binds a contract if none is bound yet.</summary>
    /// <param name="contract">The contract of the first template.</param>
    /// <param name="cancellationToken">Ends the wait; the change may still be made.</param>
    /// <returns>The map with the contract that is bound now.</returns>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.GalleryNotFound"/>, or <see cref="ErrorCodes.WrongDimension"/> outside 32 to 2,048.
    /// </exception>
    [Alias("Bind")]
    Task<GalleryMap> BindAsync(Contract contract, CancellationToken cancellationToken);

    /// <summary>A shard asks for the next level because it is full. Repeats are harmless.</summary>
    /// <param name="fromLevel">The level that is too small.</param>
    /// <returns>When the request is noted.</returns>
    [Alias("Grow")]
    [AlwaysInterleave]
    Task GrowAsync(int fromLevel);
}
