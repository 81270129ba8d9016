namespace FaceGrid.Load.Requests;

/// <summary>
/// Counts the outcomes of requests that were due within the measured time. Latency is kept twice. Counted from the moment when a request
/// was due, it is the time that a caller waits who comes at that moment. Counted from the sending, it leaves out the wait behind other
/// requests ("coordinated omission", Gil Tene). Safe for concurrent use.
/// </summary>
/// <param name="from">Requests due before this are not counted: the warm-up.</param>
internal sealed class LoadRecorder(TimeSpan from)
{
    /// <summary>
    /// A request that was sent this much after it was due is late. Even on a busy machine, the timer alone does not cause such a delay.
    /// </summary>
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(10);

    private const int WrongKept = 10;

    private readonly Lock _gate = new();
    private readonly Dictionary<LoadOperation, Figures> _figures = [];
    private readonly LatencyHistogram _lateness = new();
    private readonly LatencyHistogram _window = new();
    private readonly List<LoadSecond> _seconds = [];
    private readonly List<string> _wrongs = [];
    private int _windowSecond;
    private long _windowFailed;
    private long _late;
    private long _notSent;
    private TimeSpan _lastDone;

    /// <summary>Counts a request that was sent.</summary>
    /// <param name="operation">The operation of the request.</param>
    /// <param name="due">When the request was due, since the beginning of the run.</param>
    /// <param name="sent">When it was sent.</param>
    /// <param name="done">When its answer arrived.</param>
    /// <param name="answer">The outcome.</param>
    public void Add(LoadOperation operation, TimeSpan due, TimeSpan sent, TimeSpan done, LoadAnswer answer)
    {
        lock (_gate)
        {
            if (answer.Wrong is not null && _wrongs.Count < WrongKept)
            {
                _wrongs.Add($"{LoadFigures.NameOf(operation)}: {answer.Wrong}");
            }

            if (due < from)
            {
                // Answers of the warm-up are not counted in the figures. But a wrong answer is counted as wrong at any time.
                Of(operation).WrongInWarmup += answer.Wrong is null ? 0 : 1;
                return;
            }

            _lastDone = done > _lastDone ? done : _lastDone;
            MoveWindow((int)(_lastDone - from).TotalSeconds);
            _lateness.Add(sent - due);
            _late += sent - due > Late ? 1 : 0;
            Figures own = Of(operation);
            own.Requests++;
            if (answer.Code is { } code && answer.Wrong is null)
            {
                own.Errors[code] = own.Errors.GetValueOrDefault(code) + 1;
                _windowFailed++;
                return;
            }

            own.Wrong += answer.Wrong is null ? 0 : 1;
            own.FromDue.Add(done - due);
            own.FromSending.Add(done - sent);
            _window.Add(done - due);
        }
    }

    /// <summary>
    /// Counts a request for which there was no place until the run ended. The time that it has waited counts as its latency.
    /// </summary>
    /// <param name="operation">The operation that it would have done.</param>
    /// <param name="due">When it was due.</param>
    /// <param name="givenUp">When it was given up.</param>
    public void AddNotSent(LoadOperation operation, TimeSpan due, TimeSpan givenUp)
    {
        lock (_gate)
        {
            if (due < from)
            {
                return;
            }

            Figures own = Of(operation);
            own.Requests++;
            own.NotSent++;
            own.FromDue.Add(givenUp - due);
            _lateness.Add(givenUp - due);
            _late++;
            _notSent++;
        }
    }

    /// <summary>Describes the state of the run, for somebody who watches it.</summary>
    /// <returns>One line.</returns>
    public string Line()
    {
        lock (_gate)
        {
            LoadSecond? last = _seconds.Count > 0 ? _seconds[^1] : null;
            long wrong = _figures.Values.Sum(own => own.Wrong), errors = _figures.Values.Sum(own => own.Errors.Values.Sum());
            return last is null
                ? "warming up"
                : $"second {last.Second}: {last.Answered} answered, p99 {last.P99Milliseconds:0.0} ms; "
                    + $"in all {wrong} wrong, {errors} errors";
        }
    }

    /// <summary>Sums up.</summary>
    /// <param name="duration">The measured time. Answers that come later make it longer.</param>
    /// <returns>The figures.</returns>
    public LoadFigures Summarise(TimeSpan duration)
    {
        lock (_gate)
        {
            double time = Math.Max(duration.TotalSeconds, (_lastDone - from).TotalSeconds);
            MoveWindow(Math.Max((int)Math.Ceiling(time), _windowSecond + (_window.Count + _windowFailed > 0 ? 1 : 0)));
            Figures total = new();
            foreach (Figures own in _figures.Values)
            {
                total.Add(own);
            }

            return new LoadFigures(
                Math.Round(time, 3),
                [.. _figures.OrderBy(one => one.Key).Select(one => Describe(LoadFigures.NameOf(one.Key), one.Value, time))],
                Describe("all", total, time),
                new LoadLateness(_late, _notSent, LoadLatency.Of(_lateness)),
                total.Wrong + total.WrongInWarmup,
                [.. _wrongs],
                [.. _seconds]);
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
        if (!_figures.TryGetValue(operation, out Figures? own))
        {
            _figures[operation] = own = new Figures();
        }

        return own;
    }

    /// <summary>Closes all seconds before the given one.</summary>
    private void MoveWindow(int second)
    {
        for (; _windowSecond < second; _windowSecond++)
        {
            _seconds.Add(
                new LoadSecond(
                    _windowSecond, _window.Count, _windowFailed, _window.Count == 0 ? null : _window.Percentile(0.99).TotalMilliseconds));
            _window.Clear();
            _windowFailed = 0;
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
