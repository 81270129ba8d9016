using FaceGrid.Abstractions.Errors;
using FaceGrid.Storage;
using FaceGrid.Storage.Sightings;

namespace FaceGrid.Grains.Storage;

/// <summary>The twin of <see cref="CheckedGrainRows"/> for sightings: a database failure becomes <see cref="ErrorCodes.StorageUnavailable"/>.</summary>
/// <param name="inner">The rows.</param>
public sealed class CheckedSightingRows(ISightingRows inner) : ISightingRows
{
    /// <inheritdoc/>
    public Task<SightingOutcome> RecordAsync(SightingRow row, string? personRow, byte[]? picture, CancellationToken ct) =>
        CheckAsync(StorageOperation.RecordSighting, () => inner.RecordAsync(row, personRow, picture, ct));

    /// <inheritdoc/>
    public Task<SightingRow?> ReadAsync(string id, CancellationToken ct) => CheckAsync(StorageOperation.ReadSightings, () => inner.ReadAsync(id, ct));

    /// <inheritdoc/>
    public Task<byte[]?> ReadPictureAsync(string id, CancellationToken ct) => CheckAsync(StorageOperation.ReadSightings, () => inner.ReadPictureAsync(id, ct));

    /// <inheritdoc/>
    public Task<IReadOnlyList<SightingRow>> ListAsync(SightingFilter filter, int limit, CancellationToken ct) => CheckAsync(StorageOperation.ReadSightings, () => inner.ListAsync(filter, limit, ct));

    /// <inheritdoc/>
    public Task<SightingEventPage> ReadEventsAsync(long after, int limit, CancellationToken ct) => CheckAsync(StorageOperation.ReadEvents, () => inner.ReadEventsAsync(after, limit, ct));

    /// <inheritdoc/>
    public Task<bool> EraseAsync(string id, CancellationToken ct) => CheckAsync(StorageOperation.EraseSightings, () => inner.EraseAsync(id, ct));

    /// <inheritdoc/>
    public Task<long> ErasePeopleAsync(string gallery, string? person, long? upTo, CancellationToken ct) =>
        CheckAsync(StorageOperation.EraseSightings, () => inner.ErasePeopleAsync(gallery, person, upTo, ct));

    /// <inheritdoc/>
    public Task<RetentionTime> AdvanceAsync(long now, long upTo, CancellationToken ct) => CheckAsync(StorageOperation.EraseSightings, () => inner.AdvanceAsync(now, upTo, ct));

    /// <inheritdoc/>
    public Task<long> SweepAsync(long before, CancellationToken ct) => CheckAsync(StorageOperation.EraseSightings, () => inner.SweepAsync(before, ct));

    private static Task<T> CheckAsync<T>(string operation, Func<Task<T>> run) => StorageOperation.RunAsync(operation, run, static failure => failure is StorageException);
}
