using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace FaceGrid.Storage.Sqlite;

/// <summary>
/// A few connections for reading. Each call sees the last commit, never waits for the writer and runs on a thread of the pool, off the
/// caller's scheduler.
/// </summary>
internal sealed class Readers(string path, SqliteSynchronous synchronous) : IAsyncDisposable
{
    /// <summary>
    /// Largest number of connections. The processor limits reads of a warm file, so more connections than cores do not help.
    /// </summary>
    private static readonly int ConnectionsMax = Math.Clamp(Environment.ProcessorCount, 2, 8);

    /// <summary>
    /// Largest number of reads under way or waiting. That is some tens of milliseconds of work for rows, about a second for batches of a
    /// range.
    /// </summary>
    private const int CallsMax = 2048;

    private readonly SemaphoreSlim _gate = new(ConnectionsMax);
    private readonly ConcurrentBag<Session> _idle = [];
    private int _calls;
    private volatile bool _closed;

    /// <summary>Runs <paramref name="body"/> with a connection of its own.</summary>
    /// <exception cref="StorageException">
    /// SQLite failed, the database is closed, or <see cref="CallsMax"/> reads are under way or waiting (<see cref="StorageReason.Busy"/>).
    /// </exception>
    public async Task<T> RunAsync<T>(Func<Session, T> body, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _calls) > CallsMax)
            {
                throw StorageException.Busy(path);
            }

            await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await Task.Run(() => Run(body), CancellationToken.None).ConfigureAwait(false);
            }
            finally
            {
                _gate.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _calls);
        }
    }

    private T Run<T>(Func<Session, T> body)
    {
        if (_closed)
        {
            throw new StorageException(StorageReason.Unavailable, $"The database {path} is closed.");
        }

        Session? session = null;
        try
        {
            session = _idle.TryTake(out Session? pooled) ? pooled : Session.Open(path, synchronous, create: false);
            T answer = body(session);
            _idle.Add(session);
            session = null;
            return answer;
        }
        catch (SqliteException e)
        {
            throw StorageException.From(e, path);
        }
        finally
        {
            session?.Dispose(); // After an error its state is unknown, and a new one costs less than a millisecond.
        }
    }

    /// <summary>Waits for running reads, then closes all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        _closed = true;
        for (int i = 0; i < ConnectionsMax; i++)
        {
            await _gate.WaitAsync().ConfigureAwait(false);
        }

        while (_idle.TryTake(out Session? session))
        {
            session.Dispose();
        }

        _gate.Release(ConnectionsMax); // Late callers pass the gate and learn that the database is closed.
    }
}
