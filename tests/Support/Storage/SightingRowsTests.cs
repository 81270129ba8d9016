using System.Data.Common;
using System.Globalization;
using System.Text;
using FaceGrid.Storage;
using FaceGrid.Storage.Sightings;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Support.Storage;

/// <summary>Goal: what cameras have seen is kept once, told in one order without holes, and gone when it is erased; in every database in the same way. Method: the tables themselves, with several writers and readers at once.</summary>
public abstract class SightingRowsTests
{
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>What has the database say how it would find rows.</summary>
    protected abstract string Explain { get; }

    /// <summary>Opens the database of the running test; again for another node of the same database, where there can be one.</summary>
    protected abstract Task<IGridDatabase> OpenAsync();

    [Fact]
    public async Task A_revision_is_written_once_and_an_ended_visit_never_changes()
    {
        await using IGridDatabase database = await OpenAsync();
        ISightingRows rows = database.Sightings;
        SightingEventPage empty = await rows.ReadEventsAsync(0, 10, Ct);
        (empty.Events.Count, empty.Last, empty.Swept).ShouldBe((0, 0, 0));

        (await rows.RecordAsync(Visit("v1", 1), null, [1, 2, 3], Ct)).ShouldBe(SightingOutcome.Written);
        (await rows.RecordAsync(Visit("v1", 1), null, [9], Ct)).ShouldBe(SightingOutcome.Known);
        (await rows.RecordAsync(Visit("v1", 3), null, null, Ct)).ShouldBe(SightingOutcome.Written);
        (await rows.RecordAsync(Visit("v1", 2), null, null, Ct)).ShouldBe(SightingOutcome.Known);
        (await rows.RecordAsync(Visit("v1", 4, status: 1), null, null, Ct)).ShouldBe(SightingOutcome.Written);
        (await rows.RecordAsync(Visit("v1", 5), null, null, Ct)).ShouldBe(SightingOutcome.Known);

        (await rows.ReadPictureAsync("v1", Ct)).ShouldBe([1, 2, 3]);
        SightingRow kept = (await rows.ReadAsync("v1", Ct)).ShouldNotBeNull();
        (kept.Revision, kept.Status, kept.HasPicture, Encoding.UTF8.GetString(kept.Payload)).ShouldBe((4, 1, true, "v1/4"));
        (await rows.ReadAsync("v2", Ct)).ShouldBeNull();

        SightingEventPage told = await rows.ReadEventsAsync(0, 10, Ct);
        told.Events.Select(e => (e.Position, e.Moment, e.NewVisitor, Encoding.UTF8.GetString(e.Payload)))
            .ShouldBe([(1, SightingMoment.Begun, true, "v1/1"), (2, SightingMoment.Changed, false, "v1/3"), (3, SightingMoment.Ended, false, "v1/4")]);
        told.Last.ShouldBe(3);
        (await rows.ReadEventsAsync(1, 1, Ct)).Events.ShouldHaveSingleItem().Position.ShouldBe(2);
        SightingEventPage none = await rows.ReadEventsAsync(3, 10, Ct);
        (none.Events.Count, none.Last).ShouldBe((0, 3));
    }

    [Fact]
    public async Task Somebody_who_was_deleted_is_not_named_any_more()
    {
        await using IGridDatabase database = await OpenAsync();
        ISightingRows rows = database.Sightings;
        GrainQueries queries = await GrainQueries.OpenAsync(database);
        const string Key = "g/0a3f/ada";
        (await rows.RecordAsync(Visit("v1", 1, person: "ada"), Key, null, Ct)).ShouldBe(SightingOutcome.PersonGone);
        (await rows.ReadAsync("v1", Ct)).ShouldBeNull();
        (await queries.WriteAsync("person", Key, null, [1])).ShouldBe(1);
        (await rows.RecordAsync(Visit("v1", 1, person: "ada"), Key, null, Ct)).ShouldBe(SightingOutcome.Written);
        (await queries.DeleteAsync("person", Key, 1)).ShouldBe(2);
        (await rows.RecordAsync(Visit("v1", 2, person: "ada"), Key, null, Ct)).ShouldBe(SightingOutcome.Written, "named before; who deletes a person erases their visits after the row");
        (await rows.RecordAsync(Visit("v2", 1), null, [1], Ct)).ShouldBe(SightingOutcome.Written);
        (await rows.RecordAsync(Visit("v2", 2, person: "ada"), Key, null, Ct)).ShouldBe(SightingOutcome.PersonGone, "the stranger was she");
        (await rows.ReadAsync("v2", Ct)).ShouldBeNull();
        (await rows.ReadPictureAsync("v2", Ct)).ShouldBeNull();
        (await rows.ReadEventsAsync(0, 10, Ct)).Events.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Erasing_a_person_takes_their_visits_and_every_event_that_ever_named_them()
    {
        await using IGridDatabase database = await OpenAsync();
        ISightingRows rows = database.Sightings;
        for (int i = 0; i < 70; i++)
        {
            await rows.RecordAsync(Visit($"a{i:d2}", 1, person: "ada"), null, [1], Ct); // More than one batch.
        }

        await rows.RecordAsync(Visit("b", 1, person: "ben"), null, [2], Ct);
        await rows.RecordAsync(Visit("c", 1, person: "ada"), null, [3], Ct);
        await rows.RecordAsync(Visit("c", 2, person: "ben"), null, null, Ct);
        await rows.RecordAsync(Visit("u", 1), null, [4], Ct);
        await rows.RecordAsync(Visit("o", 1, person: "ada", gallery: "other"), null, null, Ct);

        (await rows.ErasePeopleAsync("g", "ada", upTo: null, Ct)).ShouldBe(71);
        (await Ids(rows)).ShouldBe(["u", "o", "c", "b"], ignoreOrder: true);
        (await rows.ReadPictureAsync("a00", Ct)).ShouldBeNull();
        (await rows.ReadPictureAsync("c", Ct)).ShouldBe([3]);
        (await rows.ReadEventsAsync(0, 100, Ct)).Events.Select(e => (Encoding.UTF8.GetString(e.Payload), e.NewVisitor)).ShouldBe([("b/1", true), ("c/2", true), ("u/1", true), ("o/1", true)]);
        (await rows.ErasePeopleAsync("g", "ada", upTo: null, Ct)).ShouldBe(0);

        (await rows.ErasePeopleAsync("g", null, upTo: null, Ct)).ShouldBe(2);
        (await Ids(rows)).ShouldBe(["u", "o"], ignoreOrder: true);
        (await rows.EraseAsync("u", Ct)).ShouldBeTrue();
        (await rows.EraseAsync("u", Ct)).ShouldBeFalse();
        (await Ids(rows)).ShouldBe(["o"]);
        SightingEventPage left = await rows.ReadEventsAsync(0, 100, Ct);
        (left.Events.Count, left.Last, left.Swept).ShouldBe((1, 75, 0));
        await rows.RecordAsync(Visit("n", 1), null, null, Ct);
        (await rows.ReadEventsAsync(75, 100, Ct)).Events.ShouldHaveSingleItem().Position.ShouldBe(76, "a position is never given twice");
    }

    [Fact]
    public async Task Sweeping_takes_what_was_written_before_and_says_how_far()
    {
        await using IGridDatabase database = await OpenAsync();
        ISightingRows rows = database.Sightings;
        for (int i = 0; i < 150; i++)
        {
            await rows.RecordAsync(Visit($"v{i:d3}", 1) with { FirstSeen = 150 - i }, null, [1], Ct);
        }

        await rows.RecordAsync(Visit("v010", 2) with { FirstSeen = 140 }, null, null, Ct);
        await ExecuteAsync(database, "UPDATE SightingEvent SET RecordedAt = CASE WHEN Position = 151 THEN 200 ELSE Position - 1 END"); // Whatever clock they were recorded by.
        await ExecuteAsync(database, "UPDATE Sighting SET RecordedAt = CASE WHEN Id = 'v010' THEN 200 ELSE 150 - FirstSeen END");
        (await rows.SweepAsync(100, Ct)).ShouldBe(199);
        SightingEventPage left = await rows.ReadEventsAsync(0, 1000, Ct);
        (left.Events.Count, left.Events[0].Position, left.Last, left.Swept).ShouldBe((51, 101, 151, 100));
        (await Ids(rows)).Length.ShouldBe(51);
        (await rows.ReadPictureAsync("v010", Ct)).ShouldNotBeNull();
        (await rows.ReadPictureAsync("v011", Ct)).ShouldBeNull();
        (await rows.SweepAsync(100, Ct)).ShouldBe(0);
    }

    /// <summary>Goal: somebody who was enrolled anew under the id of one who is erased keeps what was told of them.</summary>
    [Fact]
    public async Task Erasing_up_to_a_position_leaves_visits_that_were_named_later()
    {
        await using IGridDatabase database = await OpenAsync();
        ISightingRows rows = database.Sightings;
        await rows.RecordAsync(Visit("old", 1, person: "ada"), null, [1], Ct);
        await rows.RecordAsync(Visit("renamed", 1, person: "ada"), null, null, Ct);
        await rows.RecordAsync(Visit("renamed", 2, person: "ben"), null, null, Ct);
        await rows.RecordAsync(Visit("stranger", 1), null, null, Ct);
        await rows.RecordAsync(Visit("lasting", 1, person: "ada"), null, null, Ct);
        long gone = (await rows.ReadEventsAsync(long.MaxValue, 1, Ct)).Last;
        await rows.RecordAsync(Visit("lasting", 2, person: "ada"), null, null, Ct);
        await rows.RecordAsync(Visit("new", 1, person: "ada"), null, [2], Ct);
        await rows.RecordAsync(Visit("stranger", 2, person: "ada"), null, null, Ct);
        await rows.ErasePeopleAsync("g", "ada", gone, Ct);
        (await Ids(rows)).ShouldBe(["stranger", "renamed", "new"], ignoreOrder: true);
        (await rows.ReadPictureAsync("new", Ct)).ShouldBe([2]);
        (await rows.ReadEventsAsync(0, 100, Ct)).Events.Select(e => Encoding.UTF8.GetString(e.Payload)).ShouldBe(["renamed/2", "stranger/1", "new/1", "stranger/2"]);
        (await rows.ErasePeopleAsync("g", "ada", gone, Ct)).ShouldBe(0);
    }

    /// <summary>Goal: no list sorts all that passes its filter. Method: the database says how it would find the rows.</summary>
    [Theory]
    [InlineData(null, "g1", null, "SightingByGallery")]
    [InlineData(null, "g1", "p7", "SightingByPerson")]
    [InlineData("door1", null, null, "SightingByCamera")]
    public async Task Lists_follow_an_index(string? camera, string? gallery, string? person, string index)
    {
        await using IGridDatabase database = await OpenAsync();
        for (int i = 0; i < 600; i++)
        {
            await database.Sightings.RecordAsync(Visit($"v{i:d3}", 1, person: i % 3 == 0 ? null : $"p{i % 50}", gallery: $"g{i % 2}") with { Camera = $"door{i % 5}", FirstSeen = i }, null, null, Ct);
        }

        await ExecuteAsync(database, "ANALYZE");
        string plan = await PlanAsync(database, new SightingFilter(camera, gallery, person));
        plan.ShouldContain(index, Case.Insensitive);
        plan.ShouldNotContain("sort", Case.Insensitive);
        plan.ShouldNotContain("temp b-tree", Case.Insensitive);
    }

    /// <summary>A database of an older release, or a new one, does not say where retention is.</summary>
    [Fact]
    public async Task Retention_begins_with_the_newest_event_or_now()
    {
        await using IGridDatabase database = await OpenAsync();
        ISightingRows rows = database.Sightings;
        RetentionTime empty = await rows.AdvanceAsync(Now, 0, Ct);
        empty.Reached.ShouldBe(empty.Clock);
        await ExecuteAsync(database, "DELETE FROM RetentionClock");
        await rows.RecordAsync(Visit("v1", 1), null, null, Ct);
        await ExecuteAsync(database, "UPDATE SightingEvent SET RecordedAt = 1000");
        (await rows.AdvanceAsync(Now, 0, Ct)).Reached.ShouldBe(1000);
        (await rows.AdvanceAsync(Now, 0, Ct)).Reached.ShouldBe(1000);
        (await rows.AdvanceAsync(Now, 1500, Ct)).Reached.ShouldBe(1500, "as far as is allowed");
        (await rows.AdvanceAsync(Now, 900, Ct)).Reached.ShouldBe(1500, "another node was further");
        RetentionTime caughtUp = await rows.AdvanceAsync(Now, long.MaxValue, Ct);
        caughtUp.Reached.ShouldBe(caughtUp.Clock);
        await ExecuteAsync(database, "UPDATE RetentionClock SET Reached = 4000000000000000");
        RetentionTime setBack = await rows.AdvanceAsync(Now, 0, Ct);
        setBack.Reached.ShouldBe(setBack.Clock, "the clock had been ahead, and was set right");
    }

    /// <summary>Compares every list with a plain one, page by page.</summary>
    [Fact]
    public async Task Lists_are_those_of_a_plain_loop()
    {
        await using IGridDatabase database = await OpenAsync();
        ISightingRows rows = database.Sightings;
        var random = new Random(5);
        List<SightingRow> all = [];
        for (int i = 0; i < 120; i++)
        {
            SightingKind kind = (SightingKind)random.Next(3);
            SightingRow row = Visit($"v{i:d3}", 1, status: random.Next(2)) with
            {
                Camera = $"cam{random.Next(3)}",
                FirstSeen = random.Next(20),
                Kind = kind,
                Gallery = kind == SightingKind.Unknown ? null : $"g{random.Next(2)}",
                Person = kind == SightingKind.Unknown ? null : $"p{random.Next(3)}",
            };
            await rows.RecordAsync(row, null, null, Ct);
            all.Add(row);
        }

        for (int round = 0; round < 60; round++)
        {
            string? gallery = Maybe(() => $"g{random.Next(2)}");
            var filter = new SightingFilter(
                Maybe(() => $"cam{random.Next(3)}"),
                gallery,
                gallery is null ? null : Maybe(() => $"p{random.Next(3)}"),
                random.Next(3) == 0 ? (SightingKind)random.Next(3) : null,
                random.Next(4) == 0,
                random.Next(3) == 0 ? random.Next(2) : null,
                random.Next(3) == 0 ? random.Next(20) : null,
                random.Next(3) == 0 ? random.Next(20) : null);
            string[] expected =
            [
                .. all.Where(row => (filter.Camera is null || row.Camera == filter.Camera) && (filter.Gallery is null || row.Gallery == filter.Gallery) && (filter.Person is null || row.Person == filter.Person)
                        && (filter.Kind is null || row.Kind == filter.Kind) && (!filter.NotPerson || row.Kind != SightingKind.Person) && (filter.Status is null || row.Status == filter.Status)
                        && (filter.From is null || row.FirstSeen >= filter.From) && (filter.To is null || row.FirstSeen < filter.To))
                    .OrderByDescending(row => row.FirstSeen).ThenByDescending(row => row.Id, StringComparer.Ordinal).Select(row => row.Id),
            ];
            List<string> listed = [];
            IReadOnlyList<SightingRow> page;
            do
            {
                page = await rows.ListAsync(filter, 7, Ct);
                listed.AddRange(page.Select(row => row.Id));
                filter = filter with { AfterFirstSeen = page.LastOrDefault()?.FirstSeen, AfterId = page.LastOrDefault()?.Id };
            }
            while (page.Count == 7);
            listed.ShouldBe(expected, Case.Sensitive, $"{filter}");
        }

        string? Maybe(Func<string> value) => random.Next(2) == 0 ? value() : null;
    }

    /// <summary>Many write and some read on, on two nodes where there can be two: who has seen a position never finds a lower one later.</summary>
    [Fact]
    public async Task Readers_see_every_event_once_and_in_order_while_many_write()
    {
        const int Writers = 8, Visits = 25;
        await using IGridDatabase one = await OpenAsync();
        IGridDatabase two = await OpenSecondAsync(one);
        try
        {
            Task<List<long>>[] readers = [.. Enumerable.Range(0, 4).Select(i => Task.Run(() => FollowAsync((i % 2 == 0 ? one : two).Sightings, Writers * Visits * 2)))];
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
            {
                ISightingRows rows = (writer % 2 == 0 ? one : two).Sightings;
                for (int i = 0; i < Visits; i++)
                {
                    (await rows.RecordAsync(Visit($"w{writer}-{i}", 1), null, null, Ct)).ShouldBe(SightingOutcome.Written);
                    SightingOutcome[] twice = await Task.WhenAll(rows.RecordAsync(Visit($"w{writer}-{i}", 2, status: 1), null, null, Ct), rows.RecordAsync(Visit($"w{writer}-{i}", 2, status: 1), null, null, Ct));
                    twice.ShouldBe([SightingOutcome.Written, SightingOutcome.Known], ignoreOrder: true);
                }
            })));
            foreach (List<long> seen in await Task.WhenAll(readers))
            {
                seen.ShouldBe(Enumerable.Range(1, Writers * Visits * 2).Select(i => (long)i));
            }
        }
        finally
        {
            if (two != one)
            {
                await two.DisposeAsync();
            }
        }
    }

    protected virtual Task<IGridDatabase> OpenSecondAsync(IGridDatabase first) => Task.FromResult(first);

    protected static SightingRow Visit(string id, int revision, int status = 0, string? person = null, string gallery = "g") => new(
        id, revision, "door", status, FirstSeen: 1_790_000_000_000_000, RecordedAt: 1_790_000_000_000_000 + revision, person is null ? null : gallery, person,
        person is null ? SightingKind.Unknown : SightingKind.Person, HasPicture: false, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}/{revision}")));

    private static long Now => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static async Task ExecuteAsync(IGridDatabase database, string text)
    {
        await using DbConnection connection = await database.DataSource.OpenConnectionAsync(Ct);
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = text;
        await command.ExecuteNonQueryAsync(Ct);
    }

    private async Task<string> PlanAsync(IGridDatabase database, SightingFilter filter)
    {
        (string text, List<(string Name, object? Value)> values) = SightingListQuery.Of(filter, 100);
        await using DbConnection connection = await database.DataSource.OpenConnectionAsync(Ct);
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = $"{Explain} {text}";
        foreach ((string name, object? value) in values)
        {
            DbParameter parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        await using DbDataReader reader = await command.ExecuteReaderAsync(Ct);
        var plan = new StringBuilder();
        while (await reader.ReadAsync(Ct))
        {
            plan.AppendLine(Convert.ToString(reader.GetValue(reader.FieldCount - 1), CultureInfo.InvariantCulture));
        }

        return plan.ToString();
    }

    private static async Task<string[]> Ids(ISightingRows rows) => [.. (await rows.ListAsync(new SightingFilter(), 1000, Ct)).Select(row => row.Id)];

    private static async Task<List<long>> FollowAsync(ISightingRows rows, int count)
    {
        List<long> seen = [];
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (seen.Count < count)
        {
            limit.IsCancellationRequested.ShouldBeFalse($"{seen.Count} of {count} events after 3 min");
            long[] more = [.. (await rows.ReadEventsAsync(seen.LastOrDefault(), 10, Ct)).Events.Select(e => e.Position)];
            seen.AddRange(more);
            if (more.Length == 0)
            {
                await Task.Delay(5, Ct); // Leaves the machine to those who write.
            }
        }

        return seen;
    }
}
