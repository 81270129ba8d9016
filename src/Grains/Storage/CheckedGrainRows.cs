using System.Runtime.CompilerServices;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Storage;

namespace FaceGrid.Grains.Storage;

/// <summary>The twin of <see cref="CheckedGrainStorage"/> for ranges of rows: a database failure becomes <see cref="ErrorCodes.StorageUnavailable"/>.</summary>
/// <param name="inner">The rows.</param>
public sealed class CheckedGrainRows(IGrainRows inner) : IGrainRows
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<GrainRow> ReadRangeAsync(string stateName, string fromKey, string toKey, [EnumeratorCancellation] CancellationToken ct)
    {
        await using IAsyncEnumerator<GrainRow> rows = inner.ReadRangeAsync(stateName, fromKey, toKey, ct).GetAsyncEnumerator(ct);
        while (await NextAsync(rows))
        {
            yield return rows.Current;
        }
    }

    /// <inheritdoc/>
    public Task<GrainRow?> ReadAsync(string stateName, string key, CancellationToken ct) => CheckAsync(StorageOperation.ReadRow, () => inner.ReadAsync(stateName, key, ct));

    /// <inheritdoc/>
    public Task<long> CountAsync(string stateName, string fromKey, string toKey, CancellationToken ct) => CheckAsync(StorageOperation.Count, () => inner.CountAsync(stateName, fromKey, toKey, ct));

    /// <inheritdoc/>
    public Task<long> DeleteRangeAsync(string stateName, string fromKey, string toKey, CancellationToken ct) => CheckAsync(StorageOperation.DeleteRange, () => inner.DeleteRangeAsync(stateName, fromKey, toKey, ct));

    /// <inheritdoc/>
    public Task EraseResidueAsync(CancellationToken ct) => CheckAsync(StorageOperation.Erase, async () =>
    {
        await inner.EraseResidueAsync(ct);
        return true;
    });

    // Rows come in batches: most are there already, and only the fetch of a batch is an operation of the database.
    private static ValueTask<bool> NextAsync(IAsyncEnumerator<GrainRow> rows)
    {
        ValueTask<bool> next = rows.MoveNextAsync();
        return next.IsCompletedSuccessfully ? next : new ValueTask<bool>(CheckAsync(StorageOperation.ReadRange, next.AsTask));
    }

    private static Task<T> CheckAsync<T>(string operation, Func<Task<T>> run) => StorageOperation.RunAsync(operation, run, static failure => failure is StorageException);
}
