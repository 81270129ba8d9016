namespace FaceGrid.Load.Requests;

/// <summary>
/// Counts what came of the requests that were due within the measured time. Latency is kept twice: from when a request was due, which is what a caller
/// who comes at that time waits, and from when it was sent, which leaves out the wait behind others ("coordinated omission", Gil Tene). Safe for concurrent use.
/// </summary>
/// <param name="from">Requests due before this are not counted: the warm-up.</param>
internal sealed class LoadRecorder(TimeSpan from)
{
    /// <summary>A request sent this much after it was due is late; the timer of a busy machine alone is better than that.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(10);

    private const int WrongKept = 10;

    private readonly Lock gate = new();
    private readonly Dictionary<LoadOperation, Figures> figures = [];
    private readonly LatencyHistogram lateness = new();
    private readonly LatencyHistogram window = new();
    private readonly List<LoadSecond> seconds = [];
    private readonly List<string> wrongs = [];
    private int windowSecond;
    private long windowFailed;
    private long late;
    private long notSent;
    private TimeSpan lastDone;

    /// <summary>Counts a request that was sent.</summary>
    /// <param name="operation">What it did.</param>
    /// <param name="due">When it was due, since the beginning of the run.</param>
    /// <param name="sent">When it was sent.</param>
    /// <param name="done">When its answer was there.</param>
    /// <param name="answer">What came of it.</param>
    public void Add(LoadOperation operation, TimeSpan due, TimeSpan sent, TimeSpan done, LoadAnswer answer)
    {
        lock (gate)
        {
            if (answer.Wrong is not null && wrongs.Count < WrongKept)
            {
                wrongs.Add($"{LoadFigures.NameOf(operation)}: {answer.Wrong}");
            }

            if (due < from)
            {
                // An answer of the warm-up has no place in the figures, but a wrong one is wrong at any time.
                Of(operation).WrongInWarmup += answer.Wrong is null ? 0 : 1;
                return;
            }

            lastDone = done > lastDone ? done : lastDone;
            MoveWindow((int)(lastDone - from).TotalSeconds);
            lateness.Add(sent - due);
            late += sent - due > Late ? 1 : 0;
            Figures own = Of(operation);
            own.Requests++;
            if (answer.Code is { } code && answer.Wrong is null)
            {
                own.Errors[code] = own.Errors.GetValueOrDefault(code) + 1;
                windowFailed++;
                return;
            }

            own.Wrong += answer.Wrong is null ? 0 : 1;
            own.FromDue.Add(done - due);
            own.FromSending.Add(done - sent);
            window.Add(done - due);
        }
    }

    /// <summary>Counts a request for which there was no place until the run ended. It has waited so far, and that much counts as its latency.</summary>
    /// <param name="operation">What it would have done.</param>
    /// <param name="due">When it was due.</param>
    /// <param name="givenUp">When it was given up.</param>
    public void AddNotSent(LoadOperation operation, TimeSpan due, TimeSpan givenUp)
    {
        lock (gate)
        {
            if (due < from)
            {
                return;
            }

            Figures own = Of(operation);
            own.Requests++;
            own.NotSent++;
            own.FromDue.Add(givenUp - due);
            lateness.Add(givenUp - due);
            late++;
            notSent++;
        }
    }

    /// <summary>How it stands, for a reader who waits.</summary>
    /// <returns>One line.</returns>
    public string Line()
    {
        lock (gate)
        {
            LoadSecond? last = seconds.Count > 0 ? seconds[^1] : null;
            return last is null
                ? "warming up"
                : $"second {last.Second}: {last.Answered} answered, p99 {last.P99Milliseconds:0.0} ms; in all {figures.Values.Sum(own => own.Wrong)} wrong, {figures.Values.Sum(own => own.Errors.Values.Sum())} errors";
        }
    }

    /// <summary>Sums up.</summary>
    /// <param name="duration">The measured time; answers that came later make it longer.</param>
    /// <returns>The figures.</returns>
    public LoadFigures Summarise(TimeSpan duration)
    {
        lock (gate)
        {
            double time = Math.Max(duration.TotalSeconds, (lastDone - from).TotalSeconds);
            MoveWindow(Math.Max((int)Math.Ceiling(time), windowSecond + (window.Count + windowFailed > 0 ? 1 : 0)));
            Figures total = new();
            foreach (Figures own in figures.Values)
            {
                total.Add(own);
            }

            return new LoadFigures(
                Math.Round(time, 3),
                [.. figures.OrderBy(one => one.Key).Select(one => Describe(LoadFigures.NameOf(one.Key), one.Value, time))],
                Describe("all", total, time),
                new LoadLateness(late, notSent, LoadLatency.Of(lateness)),
                total.Wrong + total.WrongInWarmup,
                [.. wrongs],
                [.. seconds]);
        }
    }

    private static LoadOperationFigures Describe(string name, Figures own, double time)
    {
        long answered = own.FromSending.Count;
        return new LoadOperationFigures(
            name,
            own.Requests,
            answered,
            Math.Round(time > 0 ? answered / time : 0, 2),
            own.Wrong,
            own.NotSent,
            own.Errors,
            LoadLatency.Of(own.FromDue),
            LoadLatency.Of(own.FromSending));
    }

    private Figures Of(LoadOperation operation)
    {
        if (!figures.TryGetValue(operation, out Figures? own))
        {
            figures[operation] = own = new Figures();
        }

        return own;
    }

    /// <summary>Closes the seconds before this one.</summary>
    private void MoveWindow(int second)
    {
        for (; windowSecond < second; windowSecond++)
        {
            seconds.Add(new LoadSecond(windowSecond, window.Count, windowFailed, window.Count == 0 ? null : window.Percentile(0.99).TotalMilliseconds));
            window.Clear();
            windowFailed = 0;
        }
    }

    private sealed class Figures
    {
        public SortedDictionary<string, long> Errors { get; } = new(StringComparer.Ordinal);

        public LatencyHistogram FromDue { get; } = new();

        public LatencyHistogram FromSending { get; } = new();

        public long Requests { get; set; }

        public long Wrong { get; set; }

        public long WrongInWarmup { get; set; }

        public long NotSent { get; set; }

        public void Add(Figures other)
        {
            Requests += other.Requests;
            Wrong += other.Wrong;
            WrongInWarmup += other.WrongInWarmup;
            NotSent += other.NotSent;
            FromDue.Add(other.FromDue);
            FromSending.Add(other.FromSending);
            foreach ((string code, long count) in other.Errors)
            {
                Errors[code] = Errors.GetValueOrDefault(code) + count;
            }
        }
    }
}
