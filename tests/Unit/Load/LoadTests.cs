using System.Collections.Concurrent;
using System.IO.Compression;
using FaceGrid.Load;
using FaceGrid.Load.Requests;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Load;

/// <summary>The pieces of <c>facegrid bench load</c>, each against its plain twin.</summary>
public sealed class LoadTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    [InlineData(100_000)]
    public void Percentiles_are_those_of_a_sort_within_half_a_percent(int count)
    {
        // From a tenth of a microsecond to hours, evenly over the magnitudes.
        Random random = new(count);
        TimeSpan[] all = [.. Enumerable.Range(0, count).Select(_ => TimeSpan.FromTicks((long)Math.Pow(10, random.NextDouble() * 11)))];
        LatencyHistogram one = new();
        LatencyHistogram two = new();
        foreach ((int index, TimeSpan duration) in all.Index())
        {
            (index % 3 == 0 ? one : two).Add(duration);
        }

        one.Add(two);

        TimeSpan[] sorted = [.. all.Order()];
        one.Count.ShouldBe(count);
        one.Max.ShouldBe(sorted[^1]);
        foreach (double share in new[] { 0, 0.01, 0.5, 0.9, 0.99, 0.999, 0.9999, 1 })
        {
            TimeSpan exact = sorted[Math.Clamp((int)Math.Ceiling(share * count) - 1, 0, count - 1)];
            Math.Abs((one.Percentile(share) - exact).Ticks).ShouldBeLessThanOrEqualTo(
                exact.Ticks / 200, $"share {share}: {one.Percentile(share)} for {exact}");
        }
    }

    [Fact]
    public void Percentile_of_the_longest_and_shortest_durations_stays_in_its_bucket()
    {
        LatencyHistogram histogram = new();
        histogram.Add(TimeSpan.FromTicks(-5));
        histogram.Percentile(1).ShouldBe(TimeSpan.Zero);
        for (long ticks = 0; ticks < 2000; ticks++)
        {
            histogram.Clear();
            histogram.Add(TimeSpan.FromTicks(ticks));
            histogram.Add(TimeSpan.MaxValue);
            Math.Abs(histogram.Percentile(0.5).Ticks - ticks).ShouldBeLessThanOrEqualTo(ticks / 256);
            histogram.Percentile(1).Ticks.ShouldBeInRange((long)(TimeSpan.MaxValue.Ticks * 0.99), TimeSpan.MaxValue.Ticks);
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    public void Poisson_arrivals_have_the_rate_and_the_spread_and_the_seed_repeats_them(int seed)
    {
        const int PerSecond = 200, Seconds = 500;
        TimeSpan[] due = [.. LoadSchedule.Due(PerSecond, LoadArrivals.Poisson, seed, TimeSpan.FromSeconds(Seconds))];

        // The number of arrivals has the standard deviation of its root; five of them are one seed in two million.
        Math.Abs(due.Length - (PerSecond * Seconds)).ShouldBeLessThan(5 * (int)Math.Sqrt(PerSecond * Seconds));
        due.ShouldBeInOrder();
        double[] gaps = [.. due.Zip(due.Skip(1), (a, b) => (b - a).TotalSeconds)];
        double mean = gaps.Average();
        double deviation = Math.Sqrt(gaps.Average(gap => (gap - mean) * (gap - mean)));
        (deviation / mean).ShouldBe(1, 0.02, "exponential gaps spread as widely as their mean");
        (gaps.Count(gap => gap > mean) / (double)gaps.Length).ShouldBe(Math.Exp(-1), 0.01);

        LoadSchedule.Due(PerSecond, LoadArrivals.Poisson, seed, TimeSpan.FromSeconds(Seconds)).ShouldBe(due);
        LoadSchedule.Due(PerSecond, LoadArrivals.Poisson, seed + 1, TimeSpan.FromSeconds(Seconds)).Take(100).ShouldNotBe(due.Take(100));
    }

    [Fact]
    public void Constant_arrivals_are_at_equal_distances() =>
        LoadSchedule.Due(4, LoadArrivals.Constant, seed: 1, TimeSpan.FromSeconds(1))
            .Select(due => due.TotalMilliseconds)
            .ShouldBe([0, 250, 500, 750]);

    [Fact]
    public async Task Open_loop_a_stall_shows_in_the_time_since_due_and_not_in_the_time_since_sending()
    {
        // Goal: coordinated omission. Method: a server that takes 1 ms, and 500 ms once; requests every 5 ms, one place. The server moves
        // the clock, and so does waiting.
        HandClock clock = new();
        LoadRecorder recorder = new(TimeSpan.FromSeconds(1));
        LoadLoop loop = new(clock, clock.Advance, recorder, Question, (question, _) =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(question.Body[0] == 1 ? 500 : 1));
            return Task.FromResult(LoadAnswer.Right);
        });
        TimeSpan until = TimeSpan.FromSeconds(6);

        await loop.RunOpenAsync(LoadSchedule.Due(200, LoadArrivals.Constant, seed: 1, until), inFlightMax: 1, until, Cancel);

        LoadFigures figures = recorder.Summarise(TimeSpan.FromSeconds(5));
        figures.All.Requests.ShouldBe(1000, "the second of warm-up does not count");
        figures.All.Answered.ShouldBe(1000);
        figures.All.LatencyFromSending.P99.ShouldBe(1, 0.01);
        figures.All.LatencyFromSending.Max.ShouldBe(500, 0.01);
        // 500 ms of delay shrink by 4 ms per request: 125 of 1,000 requests wait, the tenth slowest 500 - 9 x 4 ms.
        figures.All.Latency.P50.ShouldBe(1, 0.01);
        figures.All.Latency.P99.ShouldBe(464, 4);
        figures.All.Latency.P90.ShouldBe(100, 6);
        figures.Lateness.Late.ShouldBeInRange(119, 125);
        figures.Lateness.NotSent.ShouldBe(0);
        figures.OverTime.Count.ShouldBe(5);
        figures.OverTime.Sum(second => second.Answered).ShouldBe(1000);
        figures.OverTime.MaxBy(second => second.P99Milliseconds)!.Second.ShouldBe(
            2, "request 500 is due at 2.5 s, 1.5 s after the warm-up, and is answered 0.5 s later");

        static LoadQuestion Question(long number) => new(LoadOperation.Verify, "", [(byte)(number == 500 ? 1 : 0)], "", _ => null);
    }

    [Fact]
    public async Task Open_loop_what_cannot_be_sent_before_the_end_is_counted_with_its_wait()
    {
        // Twice what the server can do: half of the requests wait, the last for as long as the run.
        HandClock clock = new();
        LoadRecorder recorder = new(TimeSpan.Zero);
        LoadLoop loop = new(clock, clock.Advance, recorder, _ => new LoadQuestion(LoadOperation.Identify, "", [], "", _ => null), (_, _) =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(10));
            return Task.FromResult(LoadAnswer.Right);
        });
        TimeSpan until = TimeSpan.FromSeconds(10);

        await loop.RunOpenAsync(LoadSchedule.Due(200, LoadArrivals.Constant, seed: 1, until), inFlightMax: 1, until, Cancel);

        LoadFigures figures = recorder.Summarise(until);
        figures.All.Requests.ShouldBe(2000);
        (figures.All.Answered + figures.All.NotSent).ShouldBe(2000);
        figures.All.Answered.ShouldBeInRange(1090, 1110, "10 s and a second of grace at 100 per second");
        figures.All.PerSecond.ShouldBe(100, 1);
        figures.All.Latency.Max.ShouldBeGreaterThan(5000);
        figures.All.LatencyFromSending.Max.ShouldBe(10, 0.1);
    }

    [Fact]
    public async Task Open_loop_no_more_requests_are_under_way_than_allowed()
    {
        int inFlight = 0;
        int most = 0;
        ConcurrentQueue<TaskCompletionSource<LoadAnswer>> waiting = [];
        HandClock clock = new();
        LoadRecorder recorder = new(TimeSpan.Zero);
        LoadQuestion question = new(LoadOperation.Identify, "", [], "", _ => null);
        LoadLoop loop = new(clock, clock.Advance, recorder, _ => question, async (_, _) =>
        {
            int now = Interlocked.Increment(ref inFlight);
            InterlockedMax(ref most, now);
            TaskCompletionSource<LoadAnswer> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Enqueue(answer);
            LoadAnswer result = await answer.Task;
            Interlocked.Decrement(ref inFlight);
            return result;
        });
        TimeSpan until = TimeSpan.FromSeconds(1);

        Task run = loop.RunOpenAsync(LoadSchedule.Due(100, LoadArrivals.Poisson, seed: 3, until), inFlightMax: 4, until, Cancel);
        while (!run.IsCompleted)
        {
            // Answers come only when the places are taken or nothing else moves; either way the run must end.
            if (waiting.TryDequeue(out TaskCompletionSource<LoadAnswer>? answer))
            {
                answer.SetResult(LoadAnswer.Right);
            }

            await Task.Yield();
        }

        await run;
        most.ShouldBeInRange(1, 4);
        recorder.Summarise(until).All.Answered.ShouldBeGreaterThan(50);
    }

    [Fact]
    public void Recorder_counts_wrong_answers_and_errors_apart_and_forgets_the_warm_up()
    {
        LoadRecorder recorder = new(TimeSpan.FromSeconds(10));
        void Add(double at, LoadAnswer answer) =>
            recorder.Add(
                LoadOperation.Identify, TimeSpan.FromSeconds(at), TimeSpan.FromSeconds(at), TimeSpan.FromSeconds(at + 0.1), answer);

        Add(9, LoadAnswer.Right);
        Add(9, new LoadAnswer(null, "Somebody else."));
        Add(9, new LoadAnswer("busy", null));
        Add(11, LoadAnswer.Right);
        Add(11, new LoadAnswer(null, "Somebody else."));
        Add(12, new LoadAnswer("busy", null));
        Add(12, new LoadAnswer("busy", null));
        Add(12, new LoadAnswer("shards-missing", null));

        LoadFigures figures = recorder.Summarise(TimeSpan.FromSeconds(5));
        LoadOperationFigures identify = figures.Operations.ShouldHaveSingleItem();
        identify.Requests.ShouldBe(5);
        identify.Answered.ShouldBe(2);
        identify.PerSecond.ShouldBe(0.4);
        identify.Wrong.ShouldBe(1);
        identify.Errors.ShouldBe(new Dictionary<string, long> { ["busy"] = 2, ["shards-missing"] = 1 }, ignoreOrder: true);
        figures.Wrong.ShouldBe(2, "a wrong answer of the warm-up is wrong too");
        figures.OverTime.Select(second => (second.Answered, second.Failed)).ShouldBe([(0, 0), (2, 0), (0, 3), (0, 0), (0, 0)]);
    }

    [Fact]
    public void Mix_draws_by_weight_and_refuses_what_makes_no_sense()
    {
        LoadMix mix = LoadMix.Parse("identify=6, verify=3,enrol=1");
        Enumerable.Range(0, 1000).Select(i => mix.Choose(i / 1000.0)).CountBy(operation => operation).ShouldBe(
            [new(LoadOperation.Identify, 600), new(LoadOperation.Verify, 300), new(LoadOperation.Enrol, 100)]);
        LoadMix.Parse("verify=1,enrol=0").Operations.ShouldBe([LoadOperation.Verify]);
        foreach (
            string wrong in new[]
            {
                "identify=1,delete=2",
                "identify",
                "identify=-1",
                "identify=x",
                "identify=1,identify=2",
                "identify=0",
                "",
                "1=2",
                "identify=1=2",
            })
        {
            Should.Throw<LoadException>(() => LoadMix.Parse(wrong), wrong).Code.ShouldBe(LoadException.UsageCode);
        }
    }

    [Fact]
    public void People_are_the_same_for_the_same_seed_and_near_to_nobody()
    {
        LoadPeople people = new(seed: 5, dimension: 64, run: 1);
        float[][] vectors =
        [
            .. Enumerable.Range(0, 50).Select(people.Vector),
            .. Enumerable.Range(0, 50).Select(i => people.NewVector(i)),
            .. Enumerable.Range(0, 50).Select(i => people.StrangerVector(i)),
        ];
        foreach ((int index, float[] vector) in vectors.Index())
        {
            FaceGrid.Search.Distance.Euclidean(vector, new float[64]).ShouldBe(1, 1e-5);
            vectors.Take(index).Min(other => (float?)FaceGrid.Search.Distance.Euclidean(vector, other)).ShouldNotBe(0);
            (vectors.Take(index).Min(other => (float?)FaceGrid.Search.Distance.Euclidean(vector, other)) ?? 2).ShouldBeGreaterThan(0.7f);
        }

        new LoadPeople(seed: 5, dimension: 64, run: 2).Vector(17).ShouldBe(people.Vector(17));
        new LoadPeople(seed: 5, dimension: 64, run: 2).NewVector(17).ShouldNotBe(people.NewVector(17));
        new LoadPeople(seed: 6, dimension: 64, run: 1).Vector(17).ShouldNotBe(people.Vector(17));
        people.NumberOf(people.Id(17)).ShouldBe(17);
        people.NumberOf(people.NewId(17)).ShouldBeNull();
        people.NumberOf("facegrid-bench:6:00000017").ShouldBeNull();
        people.NumberOf("ada").ShouldBeNull();
    }

    [Fact]
    public async Task Pictures_come_alike_from_a_folder_and_from_a_zip_file()
    {
        string folder = Directory.CreateTempSubdirectory("facegrid-load-").FullName;
        try
        {
            foreach (
                (string name, byte content) in new[]
                {
                    ("ada/1.jpg", (byte)1),
                    ("ada/2.jpg", (byte)2),
                    ("alan/b.png", (byte)3),
                    ("alan/a.png", (byte)4),
                    ("twin/1.jpg", (byte)1),
                })
            {
                Directory.CreateDirectory(Path.Combine(folder, "faces", Path.GetDirectoryName(name)!));
                await File.WriteAllBytesAsync(Path.Combine(folder, "faces", name), [content], Cancel);
            }

            string zip = Path.Combine(folder, "faces.zip");
            ZipFile.CreateFromDirectory(Path.Combine(folder, "faces"), zip, CompressionLevel.Fastest, includeBaseDirectory: true);

            List<LoadPicture> fromFolder = await LoadPictures.ReadAsync(Path.Combine(folder, "faces"), 10, Cancel);
            List<LoadPicture> fromZip = await LoadPictures.ReadAsync(zip, 10, Cancel);

            fromFolder.Select(picture => picture.Picture.Bytes[0]).ShouldBe(
                [(byte)1, (byte)4], "the first of each person, the same bytes once");
            fromZip.Select(picture => (picture.Digest, picture.Picture.ContentType)).ShouldBe(
                fromFolder.Select(picture => (picture.Digest, picture.Picture.ContentType)));
            (await LoadPictures.ReadAsync(zip, 1, Cancel)).ShouldHaveSingleItem();
            await Should.ThrowAsync<LoadException>(() => LoadPictures.ReadAsync(Path.Combine(folder, "none"), 1, Cancel));
            await Should.ThrowAsync<LoadException>(() => LoadPictures.ReadAsync(Path.Combine(folder, "faces", "ada", "1.jpg"), 1, Cancel));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value)
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }

    /// <summary>A clock that stands until it is moved.</summary>
    private sealed class HandClock : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref ticks);

        public void Advance(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);
    }
}
