using System.Runtime.CompilerServices;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Storage;

namespace FaceGrid.Grains.Storage;

/// <summary>
/// As <see cref="CheckedGrainStorage"/>, for ranges of rows: a database failure becomes <see cref="ErrorCodes.StorageUnavailable"/>.
/// </summary>
/// <param name="inner">The rows.</param>
public sealed class CheckedGrainRows(IGrainRows inner) : IGrainRows
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<GrainRow> ReadRangeAsync(
        string stateName, string fromKey, string toKey, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using IAsyncEnumerator<GrainRow> rows = inner.ReadRangeAsync(stateName, fromKey, toKey, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(rows))
        {
            yield return rows.Current;
        }
    }

    /// <inheritdoc/>
    public Task<GrainRow?> ReadAsync(string stateName, string key, CancellationToken cancellationToken) =>
        CheckAsync(StorageOperation.ReadRow, () => inner.ReadAsync(stateName, key, cancellationToken));

    /// <inheritdoc/>
    public Task<long> CountAsync(string stateName, string fromKey, string toKey, CancellationToken cancellationToken) =>
        CheckAsync(StorageOperation.Count, () => inner.CountAsync(stateName, fromKey, toKey, cancellationToken));

    /// <inheritdoc/>
    public Task<long> DeleteRangeAsync(string stateName, string fromKey, string toKey, CancellationToken cancellationToken) =>
        CheckAsync(StorageOperation.DeleteRange, () => inner.DeleteRangeAsync(stateName, fromKey, toKey, cancellationToken));

    /// <inheritdoc/>
    public Task EraseFreePagesAsync(CancellationToken cancellationToken) => CheckAsync(StorageOperation.Erase, async () =>
    {
        await inner.EraseFreePagesAsync(cancellationToken);
        return true;
    });

    // Rows come in batches: most are there already, and only the fetch of a batch is an operation of the database.
    private static ValueTask<bool> NextAsync(IAsyncEnumerator<GrainRow> rows)
    {
        ValueTask<bool> next = rows.MoveNextAsync();
        return next.IsCompletedSuccessfully ? next : new ValueTask<bool>(CheckAsync(StorageOperation.ReadRange, next.AsTask));
    }

    private static Task<T> CheckAsync<T>(string operation, Func<Task<T>> run) =>
        StorageOperation.RunAsync(operation, run, static failure => failure is StorageException);
}
