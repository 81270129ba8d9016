using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Cameras.Sightings;
using FaceGrid.Grains.Cluster;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Cameras.Visits;

/// <summary>
/// Hands the reports of a camera to the log, one after the other, and waits while the database is away or this node has no lease. It never
/// holds up the camera. Of a visit that waits only the newest revision is kept, so memory is bounded by the visits; past
/// <see cref="VisitsMax"/> the oldest is given up and counted. Safe for concurrent use.
/// </summary>
internal sealed partial class Outbox : IAsyncDisposable
{
    /// <summary>Most visits that wait: with pictures of 20 KiB some 5 MiB.</summary>
    public const int VisitsMax = 256;

    /// <summary>Attempts that may fail for another reason than the database.</summary>
    private const int TriesMax = 5;

    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(100), PauseMax = TimeSpan.FromSeconds(3);

    private readonly ISightingLog _log;
    private readonly SiloLease _lease;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly LinkedList<Letter> _waiting = new();
    private readonly SemaphoreSlim _news = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _sending;
    private bool _sendingOne;
    private long _published, _lost;

    public Outbox(ISightingLog log, SiloLease lease, TimeProvider time, ILogger logger)
    {
        (_log, _lease, _time, _logger) = (log, lease, time, logger);
        _sending = Task.Run(SendAllAsync);
    }

    /// <summary>Revisions that are durable.</summary>
    public long Published => Interlocked.Read(ref _published);

    /// <summary>Revisions that were given up.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Visits with a revision that is not written yet.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count + (_sendingOne ? 1 : 0);
            }
        }
    }

    /// <summary>Takes a revision to write.</summary>
    /// <param name="sighting">The visit as it stands.</param>
    /// <param name="picture">A new picture, or null.</param>
    /// <param name="seenAt">When the frame that brought it came, as <see cref="TimeProvider.GetTimestamp"/> gave it.</param>
    public void Add(Sighting sighting, byte[]? picture, long seenAt)
    {
        lock (_gate)
        {
            var letter = new Letter(sighting, picture, seenAt, IsFirst: sighting.Revision == 1);
            for (LinkedListNode<Letter>? node = _waiting.First; node is not null; node = node.Next)
            {
                if (node.Value.Sighting.Id == sighting.Id)
                {
                    node.Value = letter.Over(node.Value);
                    return;
                }
            }

            _waiting.AddLast(letter);
            if (_waiting.Count > VisitsMax)
            {
                _waiting.RemoveFirst();
                Lose();
                return; // As many wait as before.
            }
        }

        _news.Release();
    }

    /// <summary>Waits until everything is written.</summary>
    /// <param name="limit">For how long at most.</param>
    public async Task FlushAsync(TimeSpan limit)
    {
        long start = _time.GetTimestamp();
        while (Waiting > 0 && _time.GetElapsedTime(start) < limit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), _time);
        }
    }

    /// <summary>Drops everything that waits.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
        _news.Dispose();
    }

    private async Task SendAllAsync()
    {
        while (true)
        {
            await _news.WaitAsync(_stopping.Token);
            Letter? letter = Next();
            int failures = 0;
            for (int attempt = 0; letter is not null; attempt++)
            {
                bool? sent = await TrySendAsync(letter);
                failures += sent is null ? 1 : 0;
                if (sent == true)
                {
                    break;
                }

                if (failures == TriesMax)
                {
                    Lose();
                    break;
                }

                await Task.Delay(Backoff.Pause(attempt, PauseMin, PauseMax), _time, _stopping.Token);
                letter = Newer(letter);
            }

            lock (_gate)
            {
                _sendingOne = false;
            }
        }
    }

    private Letter? Next()
    {
        lock (_gate)
        {
            Letter? first = _waiting.First?.Value;
            if (first is not null)
            {
                _waiting.RemoveFirst();
                _sendingOne = true;
            }

            return first;
        }
    }

    /// <summary>The revision to try next: a newer one of the same visit replaces one that failed.</summary>
    private Letter Newer(Letter failed)
    {
        lock (_gate)
        {
            LinkedListNode<Letter>? node = _waiting.First;
            while (node is not null && node.Value.Sighting.Id != failed.Sighting.Id)
            {
                node = node.Next;
            }

            if (node is null)
            {
                return failed;
            }

            _waiting.Remove(node);
            _news.Wait(0);
            return node.Value.Over(failed);
        }
    }

    private void Lose()
    {
        Interlocked.Increment(ref _lost);
        CameraMetrics.SightingsLost.Add(1);
    }

    /// <returns>False when the database or the lease of this node has to come back first; null when it failed for another reason.</returns>
    private async Task<bool?> TrySendAsync(Letter letter)
    {
        if (!_lease.IsValid)
        {
            return false;
        }

        try
        {
            await _log.RecordAsync(letter.Sighting, letter.Picture, _stopping.Token);
            Interlocked.Increment(ref _published);
            if (letter.IsFirst)
            {
                CameraMetrics.Sighted(letter.Sighting, _time.GetElapsedTime(letter.SeenAt));
            }

            return true;
        }
        catch (Exception failure)
            when (TransientFailures.Includes(failure, _stopping.Token) || failure is FaceGridException { Code: ErrorCodes.Busy })
        {
            return false;
        }
        catch (Exception failure) when (!_stopping.IsCancellationRequested)
        {
            LogFailed(_logger, letter.Sighting.Camera, failure);
            return null;
        }
    }

    private sealed record Letter(Sighting Sighting, byte[]? Picture, long SeenAt, bool IsFirst)
    {
        /// <summary>This revision in place of an older one that was not written.</summary>
        public Letter Over(Letter older) =>
            this with { Picture = Picture ?? older.Picture, SeenAt = older.SeenAt, IsFirst = IsFirst || older.IsFirst };
    }

    [LoggerMessage(1, LogLevel.Error, "A sighting of camera {Camera} could not be written")]
    private static partial void LogFailed(ILogger logger, string camera, Exception cause);
}
