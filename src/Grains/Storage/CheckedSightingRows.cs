using FaceGrid.Abstractions.Errors;
using FaceGrid.Storage;
using FaceGrid.Storage.Sightings;

namespace FaceGrid.Grains.Storage;

/// <summary>
/// As <see cref="CheckedGrainRows"/>, for sightings: a database failure becomes <see cref="ErrorCodes.StorageUnavailable"/>.
/// </summary>
/// <param name="inner">The rows.</param>
public sealed class CheckedSightingRows(ISightingRows inner) : ISightingRows
{
    /// <inheritdoc/>
    public Task<SightingOutcome> RecordAsync(SightingRow row, string? personRow, byte[]? picture, CancellationToken cancellationToken) =>
        CheckAsync(StorageOperation.RecordSighting, () => inner.RecordAsync(row, personRow, picture, cancellationToken));

    /// <inheritdoc/>
    public Task<SightingRow?> ReadAsync(string id, CancellationToken cancellationToken) =>
        CheckAsync(StorageOperation.ReadSightings, () => inner.ReadAsync(id, cancellationToken));

    /// <inheritdoc/>
    public Task<byte[]?> ReadPictureAsync(string id, CancellationToken cancellationToken) =>
        CheckAsync(StorageOperation.ReadSightings, () => inner.ReadPictureAsync(id, cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<SightingRow>> ListAsync(SightingFilter filter, int limit, CancellationToken cancellationToken) =>
        CheckAsync(StorageOperation.ReadSightings, () => inner.ListAsync(filter, limit, cancellationToken));

    /// <inheritdoc/>
    public Task<SightingEventPage> ReadEventsAsync(long after, int limit, CancellationToken cancellationToken) =>
        CheckAsync(StorageOperation.ReadEvents, () => inner.ReadEventsAsync(after, limit, cancellationToken));

    /// <inheritdoc/>
    public Task<bool> EraseAsync(string id, CancellationToken cancellationToken) =>
        CheckAsync(StorageOperation.EraseSightings, () => inner.EraseAsync(id, cancellationToken));

    /// <inheritdoc/>
    public Task<long> ErasePeopleAsync(string gallery, string? person, long? upTo, CancellationToken cancellationToken) =>
        CheckAsync(StorageOperation.EraseSightings, () => inner.ErasePeopleAsync(gallery, person, upTo, cancellationToken));

    /// <inheritdoc/>
    public Task<RetentionTime> AdvanceAsync(long now, long upTo, CancellationToken cancellationToken) =>
        CheckAsync(StorageOperation.EraseSightings, () => inner.AdvanceAsync(now, upTo, cancellationToken));

    /// <inheritdoc/>
    public Task<long> SweepAsync(long before, CancellationToken cancellationToken) =>
        CheckAsync(StorageOperation.EraseSightings, () => inner.SweepAsync(before, cancellationToken));

    private static Task<T> CheckAsync<T>(string operation, Func<Task<T>> run) =>
        StorageOperation.RunAsync(operation, run, static failure => failure is StorageException);
}
