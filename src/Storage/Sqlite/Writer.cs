using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace FaceGrid.Storage.Sqlite;

/// <summary>
/// The one connection that writes, on a thread of its own, first come first served. Jobs that wait while a commit runs share the next
/// transaction and so the next flush to disk (group commit); nobody is answered before that flush. After a failure the whole transaction
/// is taken back, each of its callers gets the exception, and the next transaction begins on a fresh connection, so a disk that was full
/// works again as soon as it has space. Between two groups it makes the checkpoints of the log.
/// </summary>
internal sealed class Writer : IAsyncDisposable
{
    /// <summary>Jobs per transaction at most; bounds how long the first of them waits for the last.</summary>
    private const int GroupMax = 64;

    /// <summary>
    /// Jobs that may wait: about a second of work (2,440 durable commits a second were measured), so that nobody waits for long and what
    /// waits takes little memory.
    /// </summary>
    internal const int QueueMax = 2048;

    private readonly string _path;
    private readonly SqliteSynchronous _synchronous;
    private readonly WriteLog _log;
    private readonly BlockingCollection<WriteJob> _queue = new(QueueMax);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Session? _session;

    /// <summary>Starts the thread; takes over <paramref name="session"/> and <paramref name="log"/>.</summary>
    public Writer(string path, SqliteSynchronous synchronous, Session session, WriteLog log)
    {
        _path = path;
        _synchronous = synchronous;
        _session = session;
        _log = log;
        new Thread(Loop) { IsBackground = true, Name = "FaceGrid storage writer" }.Start();
    }

    /// <summary>
    /// Queues work. It runs inside a transaction with others, or by itself outside of any when <paramref name="alone"/> is set.
    /// </summary>
    /// <exception cref="StorageException">
    /// Nothing was stored; <see cref="StorageReason.Busy"/> when <see cref="QueueMax"/> jobs wait.
    /// </exception>
    public async Task<T> RunAsync<T>(Func<Session, T> body, bool alone, CancellationToken cancellationToken)
    {
        var job = new WriteJob(s => body(s), alone, cancellationToken);
        try
        {
            if (!_queue.TryAdd(job))
            {
                throw StorageException.Busy(_path);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or ObjectDisposedException)
        {
            throw new StorageException(StorageReason.Unavailable, $"The database {_path} is closed.", e);
        }

        return (T)(await job.Outcome.ConfigureAwait(false))!;
    }

    private void Loop()
    {
        List<WriteJob> group = new(GroupMax);
        foreach (WriteJob first in _queue.GetConsumingEnumerable())
        {
            WriteJob? next = first;
            while (next is not null)
            {
                next = TakeGroup(next, group);
                RunGroup(group);
                group.Clear();
                CheckpointIfDue();
            }
        }

        _log.Dispose();
        _session?.Dispose();
        _ended.SetResult();
    }

    /// <summary>
    /// Fills the group with <paramref name="first"/> and what already waits behind it; returns a job that was taken but does not fit in.
    /// </summary>
    private WriteJob? TakeGroup(WriteJob first, List<WriteJob> group)
    {
        if (first.TryBegin())
        {
            group.Add(first);
        }

        while (!first.Alone && group.Count < GroupMax && _queue.TryTake(out WriteJob? next))
        {
            if (next.Alone)
            {
                return next;
            }

            if (next.TryBegin())
            {
                group.Add(next);
            }
        }

        return null;
    }

    private void RunGroup(List<WriteJob> group)
    {
        if (group.Count == 0)
        {
            return;
        }

        try
        {
            _session ??= Session.Open(_path, _synchronous, create: false);
            if (group[0].Alone)
            {
                group[0].Run(_session);
            }
            else
            {
                RunTransaction(_session, group);
            }
        }
        catch (Exception e)
        {
            Exception reported = e switch
            {
                SqliteException sqlite => StorageException.From(sqlite, _path),
                IOException io => StorageException.From(io, _path),
                _ => e
            };
            _session?.TryRollback();
            CloseSession();
            group.ForEach(job => job.Fail(reported));
            return;
        }

        group.ForEach(job => job.Complete());
        if (_session.IsStale)
        {
            CloseSession();
        }
    }

    /// <summary>
    /// Callers were told about their commits already, and a failure here takes nothing back: the pages stay in the log, where everybody
    /// reads them, and it is tried again when more was written. What stands in the way (a full disk, say) soon fails a commit or an
    /// erasure as well, and those have someone to tell.
    /// </summary>
    private void CheckpointIfDue()
    {
        try
        {
            if (_session is not null)
            {
                _log.CheckpointIfDue(_session);
            }
        }
        catch (Exception e) when (e is SqliteException or StorageException or IOException or UnauthorizedAccessException)
        {
            CloseSession();
        }
    }

    private void CloseSession()
    {
        _session?.Dispose();
        _session = null;
    }

    private static void RunTransaction(Session session, List<WriteJob> group)
    {
        session.Execute("BEGIN IMMEDIATE");
        foreach (WriteJob job in group)
        {
            try
            {
                job.Run(session);
            }
            catch (Exception e) when (IsOwnFault(e))
            {
                job.Reject(e);
            }
        }

        session.Execute("COMMIT");
    }

    /// <summary>
    /// Whether a failure concerns one statement only. SQLite takes such a statement back by itself and keeps the transaction:
    /// error in the text (1), constraint (19), value too big (18), wrong type (20), no such parameter (25); or a parameter that is missing.
    /// </summary>
    private static bool IsOwnFault(Exception e) =>
        e is SqliteException sqlite ? sqlite.SqliteErrorCode is 1 or 18 or 19 or 20 or 25 : e is not StorageException;

    /// <summary>Finishes what is queued, then closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        await _ended.Task.ConfigureAwait(false);
    }
}
