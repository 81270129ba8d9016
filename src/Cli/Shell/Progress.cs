using FaceGrid.Client;
using Spectre.Console;

namespace FaceGrid.Cli.Shell;

/// <summary>Shows how far a long run is, on standard error: a bar for people, a line every ten seconds otherwise.</summary>
internal sealed class Progress : IWork
{
    private static readonly TimeSpan LinePause = TimeSpan.FromSeconds(10);
    private readonly TaskCompletionSource finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Session session;
    private readonly string what;
    private readonly long total;
    private readonly long started;
    private readonly Task bar;
    private readonly ITimer? lines;
    private long done;
    private int failed;

    private Progress(Session session, string what, long total)
    {
        this.session = session;
        this.what = what;
        this.total = total;
        started = session.Host.Clock.GetTimestamp();
        if (session.Terminal.CanAnimate)
        {
            bar = ShowBarAsync();
        }
        else
        {
            bar = Task.CompletedTask;
            lines = session.Host.Clock.CreateTimer(_ => session.Terminal.Note(Line()), state: null, LinePause, LinePause);
        }
    }

    /// <summary>Starts showing.</summary>
    /// <param name="session">Where.</param>
    /// <param name="what">What is being done, one word or two.</param>
    /// <param name="total">How much there is to do.</param>
    /// <returns>The progress; disposing it ends the show.</returns>
    public static Progress Start(Session session, string what, long total) => new(session, what, total);

    /// <inheritdoc/>
    public void Advance(long count = 1, int failures = 0)
    {
        Interlocked.Add(ref done, count);
        Volatile.Write(ref failed, failures);
    }

    /// <summary>Says how much is done in all.</summary>
    /// <param name="count">How much.</param>
    public void Reach(long count) => Interlocked.Exchange(ref done, count);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        finished.TrySetResult();
        if (lines is not null)
        {
            await lines.DisposeAsync();
        }

        await bar;
    }

    private string Line()
    {
        long now = Interlocked.Read(ref done);
        double seconds = session.Host.Clock.GetElapsedTime(started).TotalSeconds;
        int bad = Volatile.Read(ref failed);
        return $"{what}: {now} of {total}, {(seconds > 0 ? now / seconds : 0):0.0}/s{(bad > 0 ? $", {bad} failed" : "")}";
    }

    private Task ShowBarAsync() => session.Terminal.Error.Progress()
        .AutoClear(enabled: true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .StartAsync(async context =>
        {
            ProgressTask task = context.AddTask(Markup.Escape(what), maxValue: Math.Max(1, total));
            while (await Task.WhenAny(finished.Task, Task.Delay(TimeSpan.FromMilliseconds(200))) != finished.Task)
            {
                task.Value = Interlocked.Read(ref done);
                task.Description = Markup.Escape(Line());
            }
        });
}
