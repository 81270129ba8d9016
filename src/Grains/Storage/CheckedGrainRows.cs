using System.Runtime.CompilerServices;
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
        while (await CheckAsync(() => rows.MoveNextAsync().AsTask()))
        {
            yield return rows.Current;
        }
    }

    /// <inheritdoc/>
    public Task<GrainRow?> ReadAsync(string stateName, string key, CancellationToken ct) => CheckAsync(() => inner.ReadAsync(stateName, key, ct));

    /// <inheritdoc/>
    public Task<long> CountAsync(string stateName, string fromKey, string toKey, CancellationToken ct) => CheckAsync(() => inner.CountAsync(stateName, fromKey, toKey, ct));

    /// <inheritdoc/>
    public Task<long> DeleteRangeAsync(string stateName, string fromKey, string toKey, CancellationToken ct) => CheckAsync(() => inner.DeleteRangeAsync(stateName, fromKey, toKey, ct));

    /// <inheritdoc/>
    public Task EraseResidueAsync(CancellationToken ct) => CheckAsync(async () =>
    {
        await inner.EraseResidueAsync(ct);
        return true;
    });

    private static async Task<T> CheckAsync<T>(Func<Task<T>> operation)
    {
        try
        {
            return await operation();
        }
        catch (StorageException failure)
        {
            throw CheckedGrainStorage.Unavailable(failure);
        }
    }
}
