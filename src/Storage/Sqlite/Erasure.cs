using System.Diagnostics;

namespace FaceGrid.Storage.Sqlite;

/// <summary>
/// Removes the bytes that deleted rows leave behind. SQLite overwrites deleted content with zeros (secure_delete), but the log still holds
/// older pages. Moving the log into the file and cutting it to length zero removes them, which needs a moment without readers. Then
/// <see cref="FreePageErasure"/> wipes the copies that page splits left behind, part by part, so that writes pass in between. One pass runs
/// at a time and at most one waits; all calls since the running pass began share the waiting one. So each call is served by a pass that
/// began after the call, and thus after every delete that the caller knows of.
/// </summary>
internal sealed class Erasure(string path, Writer writer, WriteLog log, FreePageErasure freePages)
{
    /// <summary>Pause between two tries while readers are in the way. Writes pass in between.</summary>
    private static readonly TimeSpan TryPause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// The sweep pauses for this many times the duration of its last part, waiting included. So it takes at most a tenth of the writer's
    /// time, and less when there is much to do.
    /// </summary>
    private const int SweepPauses = 9;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _onePass = new(1);
    private Task? _waiting;

    /// <summary>How long a part tries to find a moment without readers before it fails. Default 10 s.</summary>
    public TimeSpan ReaderLimit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Pages looked at so far. Tests count this work instead of measuring time.</summary>
    public long PagesRead => freePages.PagesRead;

    /// <summary>Passes begun so far.</summary>
    public int Passes { get; private set; }

    /// <inheritdoc cref="IGrainRows.EraseFreePagesAsync"/>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _waiting ??= Task.Run(PassAsync, CancellationToken.None);
            return _waiting.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Looks at the whole file once, slowly and beside other work, for bytes that earlier processes left. It begins at the start and not
    /// with the first erasure, because on a big file it takes longer than a caller waits. An erasure that comes before its end does the
    /// rest at full speed.
    /// </summary>
    public async Task SweepAsync()
    {
        try
        {
            for (bool more = true; more;)
            {
                long began = Stopwatch.GetTimestamp();
                more = await RunExclusiveAsync(() => PartAsync(begins: false)).ConfigureAwait(false);
                await Task.Delay(Stopwatch.GetElapsedTime(began) * SweepPauses).ConfigureAwait(false);
            }
        }
        catch (StorageException)
        {
            // No caller waits for the sweep. The next erasure does the rest of it and tells its caller what stands in the way.
        }
    }

    private Task PassAsync() => RunExclusiveAsync(async () =>
    {
        lock (_gate)
        {
            _waiting = null;
            Passes++;
        }

        for (bool begins = true, more = true; more; begins = false)
        {
            more = await PartAsync(begins).ConfigureAwait(false);
        }

        return true;
    });

    private async Task<bool> RunExclusiveAsync(Func<Task<bool>> work)
    {
        await _onePass.WaitAsync().ConfigureAwait(false);
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            _onePass.Release();
        }
    }

    /// <summary>Wipes one part as soon as no reader is in the way. False when nothing is left.</summary>
    private async Task<bool> PartAsync(bool begins)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await writer.RunAsync(Wipe, alone: true, CancellationToken.None).ConfigureAwait(false) is { } more)
            {
                return more;
            }

            if (Stopwatch.GetElapsedTime(began) > ReaderLimit)
            {
                throw new StorageException(
                    StorageReason.Locked,
                    $"Deleted rows still have copies in {path} or its log, because readers were in the way for "
                        + $"{ReaderLimit.TotalSeconds} s: close tools that read the database and try again.");
            }

            await Task.Delay(TryPause).ConfigureAwait(false);
        }

        bool? Wipe(Session session)
        {
            if (!log.TryEmpty(session))
            {
                return null;
            }

            if (begins)
            {
                freePages.BeginPass();
            }

            (bool more, bool changed) = freePages.WipePart();
            session.IsStale |= changed;
            return more;
        }
    }
}
