using FaceGrid.Client;
using Spectre.Console;

namespace FaceGrid.Cli.Shell;

/// <summary>Shows how far a long run is, on standard error: a bar for people, a line every ten seconds otherwise.</summary>
internal sealed class Progress : IWork
{
    private static readonly TimeSpan LinePause = TimeSpan.FromSeconds(10);
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Session _session;
    private readonly string _what;
    private readonly long _total;
    private readonly long _started;
    private readonly Task _bar;
    private readonly ITimer? _lines;
    private long _done;
    private int _failed;

    private Progress(Session session, string what, long total)
    {
        _session = session;
        _what = what;
        _total = total;
        _started = session.Host.Clock.GetTimestamp();
        if (session.Terminal.CanAnimate)
        {
            _bar = ShowBarAsync();
        }
        else
        {
            _bar = Task.CompletedTask;
            _lines = session.Host.Clock.CreateTimer(_ => session.Terminal.Note(Line()), state: null, LinePause, LinePause);
        }
    }

    /// <summary>Starts to show the progress.</summary>
    /// <param name="session">The run.</param>
    /// <param name="what">Name of the work, one or two words.</param>
    /// <param name="total">How much there is to do.</param>
    /// <returns>The progress. To dispose it ends the display.</returns>
    public static Progress Start(Session session, string what, long total) => new(session, what, total);

    /// <inheritdoc/>
    public void Advance(long count = 1, int failures = 0)
    {
        Interlocked.Add(ref _done, count);
        Volatile.Write(ref _failed, failures);
    }

    /// <summary>Sets how much of all work is done.</summary>
    /// <param name="count">How much.</param>
    public void Reach(long count) => Interlocked.Exchange(ref _done, count);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _finished.TrySetResult();
        if (_lines is not null)
        {
            await _lines.DisposeAsync();
        }

        await _bar;
    }

    private string Line()
    {
        long now = Interlocked.Read(ref _done);
        double seconds = _session.Host.Clock.GetElapsedTime(_started).TotalSeconds;
        int bad = Volatile.Read(ref _failed);
        return $"{_what}: {now} of {_total}, {(seconds > 0 ? now / seconds : 0):0.0}/s{(bad > 0 ? $", {bad} failed" : "")}";
    }

    private Task ShowBarAsync() => _session.Terminal.Error.Progress()
        .AutoClear(enabled: true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .StartAsync(async context =>
        {
            ProgressTask task = context.AddTask(Markup.Escape(_what), maxValue: Math.Max(1, _total));
            while (await Task.WhenAny(_finished.Task, Task.Delay(TimeSpan.FromMilliseconds(200))) != _finished.Task)
            {
                task.Value = Interlocked.Read(ref _done);
                task.Description = Markup.Escape(Line());
            }
        });
}
