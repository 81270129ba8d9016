using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>The grains count for the whole process, so nothing else may run beside these tests.</summary>
[CollectionDefinition("grid metrics", DisableParallelization = true)]
public sealed class GridMetricsCollection;

/// <summary>
/// Goal: what an alert waits for is counted when it happens, and only then. Method: rows and calls that fail when told to, and a listener
/// to the grains' meter.
/// </summary>
[Collection("grid metrics")]
public sealed class GridMetricsTests : IDisposable
{
    private static readonly float[] Ada = GridCluster.Unit(GridCluster.RandomUnit(new Random(1)));
    private static readonly float[] Ben = GridCluster.Unit(GridCluster.RandomUnit(new Random(2)));
    private readonly TemporaryDirectory _directory = new();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _observed = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<string> _recorded = [];

    public GridMetricsTests()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "FaceGrid.Grains")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _observed[Name(instrument, tags)] = value);
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => _observed[Name(instrument, tags)] = value);
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => _recorded.Add(Name(instrument, tags)));
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Somebody_whose_shard_is_away_is_counted_until_the_shard_knows()
    {
        await using GridCluster grid = await GridCluster.StartAsync(
            _directory.Path, options => options.ApplyDeadline = TimeSpan.FromSeconds(3));
        await grid.CreateGalleryAsync();
        await grid.EnrolAsync("ben", Ben);
        Observe("facegrid.silo.people").ShouldBe(1);
        _recorded.ShouldContain("facegrid.enrol.searchable.delay path=at-once");
        _recorded.ShouldNotContain("facegrid.enrol.searchable.delay path=later");

        grid.Calls.Failing.Add("ApplyAsync");
        (await grid.EnrolAsync("ada", Ada)).Searchable.ShouldBeFalse();
        Observe("facegrid.enrol.unsearchable").ShouldBe(1);
        Observe("facegrid.silo.people").ShouldBe(1);

        grid.Calls.Failing.Clear();
        await UntilAsync(() => Observe("facegrid.enrol.unsearchable") == 0);
        Observe("facegrid.silo.people").ShouldBe(2);
        _recorded.ShouldContain("facegrid.enrol.searchable.delay path=later");
    }

    [Fact]
    public async Task Missing_shards_failing_rows_and_repairs_are_counted()
    {
        await using GridCluster grid = await GridCluster.StartAsync(_directory.Path, options =>
        {
            options.SearchDeadline = TimeSpan.FromSeconds(3);
            options.SelfCheckPeriod = TimeSpan.FromSeconds(1);
        });
        await grid.CreateGalleryAsync();
        await grid.EnrolAsync("ada", Ada);
        (double asked, double answered, double partial) = (
            Observe("facegrid.search.shards.asked"), Observe("facegrid.search.shards.answered"), Observe("facegrid.search.partial"));
        await grid.IdentifyAsync(Ada);
        Observe("facegrid.search.shards.asked").ShouldBe(asked + 1);
        Observe("facegrid.search.shards.answered").ShouldBe(answered + 1);
        Observe("facegrid.search.partial").ShouldBe(partial);

        grid.Calls.Failing.Add("SearchAsync");
        await Should.ThrowAsync<FaceGridException>(grid.IdentifyAsync(Ada));
        Observe("facegrid.search.shards.asked").ShouldBe(asked + 2);
        Observe("facegrid.search.shards.answered").ShouldBe(answered + 1);
        Observe("facegrid.search.partial").ShouldBe(partial + 1);

        double failures = Observe("facegrid.storage.failures operation=read-range");
        double failed = Observe("facegrid.shard.checks outcome=failed");
        grid.Rows.Failing.Add("ReadRangeAsync");
        await UntilAsync(() => Observe("facegrid.storage.failures operation=read-range") > failures
            && Observe("facegrid.shard.checks outcome=failed") > failed);
        grid.Rows.Failing.Clear();

        double repairs = Observe("facegrid.shard.repairs");
        // Behind the grid's back.
        await grid.Database.DeleteRangeAsync("person", GridCluster.Gallery + "/", GridCluster.Gallery + "0", CancellationToken.None);
        await UntilAsync(() => Observe("facegrid.shard.repairs") == repairs + 1);
        Observe("facegrid.shard.differences").ShouldBeGreaterThanOrEqualTo(1);
        Observe("facegrid.silo.people").ShouldBe(0);
    }

    private double Observe(string name)
    {
        _listener.RecordObservableInstruments();
        return _observed[name];
    }

    private static string Name(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        tags.IsEmpty ? instrument.Name : $"{instrument.Name} {tags[0].Key}={tags[0].Value}";

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!isSo())
        {
            await Task.Delay(50, limit.Token);
        }
    }
}
