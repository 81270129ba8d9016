using System.Diagnostics;

namespace FaceGrid.Storage.Sqlite;

/// <summary>
/// Removes what is left of deleted rows. SQLite overwrites deleted content with zeros (secure_delete), but the log still holds older
/// pages; moving it into the file and cutting it to length zero removes them, which needs a moment without readers. Then
/// <see cref="FreePageErasure"/> wipes what page splits left behind, part by part, so that writes pass in between. One pass runs at a
/// time and one waits, shared by all who called since the other began: whoever calls is served by a pass that began after the call, and
/// so after every delete they know of.
/// </summary>
internal sealed class Erasure(string path, Writer writer, WriteLog log, FreePageErasure freePages)
{
    /// <summary>How long readers may be in the way. Between two tries writes pass.</summary>
    private static readonly TimeSpan TryPause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// The sweep pauses this many times as long as its last part took, waiting included: at most a tenth of the writer's time, less when
    /// there is much to do.
    /// </summary>
    private const int SweepPauses = 9;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _onePass = new(1);
    private Task? _waiting;

    /// <summary>How long a part tries to get between the readers before it gives up. Default 10 s.</summary>
    public TimeSpan ReaderLimit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Pages looked at so far; for tests, which count work instead of time.</summary>
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
    /// Looks at the whole file once, slowly and beside other work, for what earlier processes left. Done from the start and not with the
    /// first erasure, because on a big file that would take longer than its caller waits; an erasure that comes first does the rest of it
    /// at full speed.
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
            // Nobody waits for this. The next erasure does what is left of the sweep and tells its caller what stands in the way.
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
                throw new StorageException(StorageReason.Locked,
                    $"Deleted rows still have copies in {path} or its log, because readers were in the way for {ReaderLimit.TotalSeconds} "
                        + "s: close tools that read the database and try again.");
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
