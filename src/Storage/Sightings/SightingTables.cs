using System.Globalization;
using FaceGrid.Storage.Sqlite;

namespace FaceGrid.Storage.Sightings;

/// <summary>
/// The statements, which are the same in both databases, and the order of writes. A write holds the one row of <c>SightingOrder</c> until its commit, so the next one sees all that it did, and positions become visible in order.
/// </summary>
internal abstract class SightingTables : ISightingRows
{
    /// <summary>Visits or events that one transaction erases at most: some tens of milliseconds in which nobody else writes.</summary>
    private const int BatchRows = 64;

    private const string Columns = "SELECT Id, Revision, Camera, Status, FirstSeen, RecordedAt, Gallery, Person, Kind, HasPicture, Payload FROM Sighting";

    /// <summary>Runs one statement of a piece of work.</summary>
    protected delegate ValueTask<QueryResult> Statement(string text, params (string Name, object? Value)[] values);

    /// <summary>Follows a SELECT whose row must stay as it is until the commit.</summary>
    protected virtual string Locked => "";

    /// <summary>Follows a SELECT whose row must not be deleted before the commit.</summary>
    protected virtual string Kept => "";

    /// <summary>A condition that is false for a node that must not write any more.</summary>
    protected virtual string MayWrite => "1 = 1";

    /// <summary>An expression for microseconds since 1970 by the database's own clock, which all nodes share; null where the database has none but the node's.</summary>
    protected virtual string? Clock => null;

    /// <summary>The schema's statements; the types are those of both databases.</summary>
    /// <param name="blob">The type of bytes.</param>
    /// <param name="text">The type of ids, compared by their bytes.</param>
    /// <param name="suffix">Follows each table.</param>
    public static string Schema(string blob, string text, string suffix) => $"""
        CREATE TABLE IF NOT EXISTS SightingOrder (Id int NOT NULL PRIMARY KEY, Last bigint NOT NULL, Swept bigint NOT NULL);
        INSERT INTO SightingOrder (Id, Last, Swept) VALUES (1, 0, 0) ON CONFLICT DO NOTHING;
        CREATE TABLE IF NOT EXISTS Sighting (
            Id {text} NOT NULL PRIMARY KEY,
            Revision int NOT NULL,
            Camera {text} NOT NULL,
            Status int NOT NULL,
            FirstSeen bigint NOT NULL,
            RecordedAt bigint NOT NULL,
            Gallery {text} NULL,
            Person {text} NULL,
            Kind int NOT NULL,
            HasPicture int NOT NULL,
            Payload {blob} NOT NULL){suffix};
        CREATE INDEX IF NOT EXISTS SightingByTime ON Sighting (FirstSeen, Id);
        CREATE INDEX IF NOT EXISTS SightingByCamera ON Sighting (Camera, FirstSeen, Id);
        CREATE INDEX IF NOT EXISTS SightingByPerson ON Sighting (Gallery, Person, FirstSeen, Id) WHERE Gallery IS NOT NULL;
        CREATE INDEX IF NOT EXISTS SightingByGallery ON Sighting (Gallery, FirstSeen, Id) WHERE Gallery IS NOT NULL;
        CREATE INDEX IF NOT EXISTS SightingPresent ON Sighting (Camera, FirstSeen, Id) WHERE Status = 0;
        CREATE INDEX IF NOT EXISTS SightingByAge ON Sighting (RecordedAt);
        CREATE TABLE IF NOT EXISTS SightingEvent (
            Position bigint NOT NULL PRIMARY KEY,
            SightingId {text} NOT NULL,
            Moment int NOT NULL,
            NewVisitor int NOT NULL,
            RecordedAt bigint NOT NULL,
            Gallery {text} NULL,
            Person {text} NULL,
            HasPicture int NOT NULL,
            Payload {blob} NOT NULL){suffix};
        CREATE INDEX IF NOT EXISTS SightingEventBySighting ON SightingEvent (SightingId);
        CREATE INDEX IF NOT EXISTS SightingEventByPerson ON SightingEvent (Gallery, Person) WHERE Gallery IS NOT NULL;
        CREATE INDEX IF NOT EXISTS SightingEventByAge ON SightingEvent (RecordedAt);
        CREATE TABLE IF NOT EXISTS SightingPicture (Id {text} NOT NULL PRIMARY KEY, Picture {blob} NOT NULL){suffix};
        CREATE TABLE IF NOT EXISTS RetentionClock (Id int NOT NULL PRIMARY KEY, Reached bigint NOT NULL);
        """;

    /// <inheritdoc/>
    public Task<SightingOutcome> RecordAsync(SightingRow row, string? personRow, byte[]? picture, CancellationToken cancellationToken) => WriteAsync(async run =>
    {
        QueryResult prior = await run($"SELECT Revision, Status, Gallery, Person, HasPicture, Kind FROM Sighting WHERE Id = @id{Locked}", ("@id", row.Id)).ConfigureAwait(false);
        bool exists = prior.Rows.Count > 0;
        if (exists && (Number(prior, 0) >= row.Revision || Number(prior, 1) != 0))
        {
            return SightingOutcome.Known;
        }

        bool namedBefore = exists && Text(prior.Rows[0][2]) == row.Gallery && Text(prior.Rows[0][3]) == row.Person && Number(prior, 5) == (int)row.Kind;
        if (personRow is not null && !namedBefore && !await HasPersonAsync(run, personRow).ConfigureAwait(false))
        {
            await RequireMayWriteAsync(run).ConfigureAwait(false);
            await EraseAsync(run, row.Id).ConfigureAwait(false); // What was told before they were recognised is of the same face.
            return SightingOutcome.PersonGone;
        }

        SightingMoment moment = row.Status != 0 ? SightingMoment.Ended : exists ? SightingMoment.Changed : SightingMoment.Begun;
        await WriteRowAsync(run, row with { HasPicture = picture is not null || (exists && Number(prior, 4) != 0) }, exists, moment, newVisitor: !namedBefore).ConfigureAwait(false);
        if (picture is not null)
        {
            await run("INSERT INTO SightingPicture (Id, Picture) VALUES (@id, @picture) ON CONFLICT (Id) DO UPDATE SET Picture = excluded.Picture", ("@id", row.Id), ("@picture", picture)).ConfigureAwait(false);
        }

        return SightingOutcome.Written;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<SightingRow?> ReadAsync(string id, CancellationToken cancellationToken) => ReadAsync(async run =>
        (await run($"{Columns} WHERE Id = @id", ("@id", id)).ConfigureAwait(false)).Rows is [{ } found] ? Row(found) : null, cancellationToken);

    /// <inheritdoc/>
    public Task<byte[]?> ReadPictureAsync(string id, CancellationToken cancellationToken) => ReadAsync(async run =>
        (await run("SELECT Picture FROM SightingPicture WHERE Id = @id", ("@id", id)).ConfigureAwait(false)).Rows is [[byte[] picture]] ? picture : null, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SightingRow>> ListAsync(SightingFilter filter, int limit, CancellationToken cancellationToken)
    {
        (string text, List<(string, object?)> values) = ListQuery(filter, limit);
        return ReadAsync<IReadOnlyList<SightingRow>>(async run => [.. (await run(text, [.. values]).ConfigureAwait(false)).Rows.Select(Row)], cancellationToken);
    }

    /// <summary>The statement of a list, and its values.</summary>
    internal static (string Text, List<(string Name, object? Value)> Values) ListQuery(SightingFilter filter, int limit)
    {
        List<string> conditions = [];
        List<(string, object?)> values = [];
        Add(filter.Camera, "Camera = @camera", "@camera");
        Add(filter.Gallery, "Gallery IS NOT NULL AND Gallery = @gallery", "@gallery");
        Add(filter.Person, "Person = @person", "@person");
        Add(filter.Kind is { } kind ? (int)kind : null, "Kind = @kind", "@kind");
        Add(filter.NotPerson ? (int)SightingKind.Person : null, "Kind <> @known", "@known");
        Add(filter.Status is 0 ? null : filter.Status, "Status = @status", "@status");
        Add(filter.From, "FirstSeen >= @from", "@from");
        Add(filter.To, "FirstSeen < @to", "@to");
        if (filter.Status is 0)
        {
            conditions.Add("Status = 0"); // A constant, for the index of those that last.
        }

        if (filter is { AfterFirstSeen: { } firstSeen, AfterId: { } id })
        {
            conditions.Add("(FirstSeen, Id) < (@after, @afterId)");
            values.AddRange([("@after", firstSeen), ("@afterId", id)]);
        }

        string where = conditions.Count > 0 ? $" WHERE {string.Join(" AND ", conditions)}" : "";
        return (string.Create(CultureInfo.InvariantCulture, $"{Columns}{where} ORDER BY FirstSeen DESC, Id DESC LIMIT {limit}"), values);

        void Add(object? value, string condition, string name)
        {
            if (value is not null)
            {
                conditions.Add(condition);
                values.Add((name, value));
            }
        }
    }

    /// <inheritdoc/>
    public Task<SightingEventPage> ReadEventsAsync(long after, int limit, CancellationToken cancellationToken) => ReadAsync(async run =>
    {
        // One statement, one snapshot: the order's row comes with each event, and alone when there is none.
        const string Text = """
            SELECT o.Last, o.Swept, e.Position, e.Moment, e.NewVisitor, e.RecordedAt, e.HasPicture, e.Payload FROM SightingOrder AS o
            LEFT JOIN (SELECT Position, Moment, NewVisitor, RecordedAt, HasPicture, Payload FROM SightingEvent WHERE Position > @after ORDER BY Position LIMIT @limit) AS e ON 1 = 1
            """;
        QueryResult found = await run(Text, ("@after", after), ("@limit", (long)limit)).ConfigureAwait(false);
        return new SightingEventPage([.. found.Rows.Where(row => row[2] is not DBNull).Select(Event).OrderBy(told => told.Position)], Number(found, 0), Number(found, 1));
    }, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> EraseAsync(string id, CancellationToken cancellationToken) => await EraseBatchAsync("Id = @id", [("@id", id)], cancellationToken).ConfigureAwait(false) > 0;

    /// <inheritdoc/>
    public async Task<long> ErasePeopleAsync(string gallery, string? person, long? upTo, CancellationToken cancellationToken)
    {
        string named = person is null ? "Gallery IS NOT NULL AND Gallery = @gallery" : "Gallery IS NOT NULL AND Gallery = @gallery AND Person = @person";
        string told = upTo is null ? named : $"{named} AND Position <= @upTo";
        string visits = upTo is null ? named : $"{named} AND Id IN (SELECT SightingId FROM SightingEvent WHERE {told})";
        List<(string, object?)> values = [("@gallery", gallery)];
        if (person is not null)
        {
            values.Add(("@person", person));
        }

        if (upTo is { } last)
        {
            values.Add(("@upTo", last));
        }

        return await RepeatAsync(() => EraseBatchAsync(visits, [.. values], cancellationToken)).ConfigureAwait(false)
            + await RepeatAsync(() => EraseEventsAsync(told, [.. values], sweep: false, cancellationToken)).ConfigureAwait(false); // A visit may have had another name before.
    }

    /// <inheritdoc/>
    public async Task<long> SweepAsync(long before, CancellationToken cancellationToken) =>
        await RepeatAsync(() => EraseEventsAsync("RecordedAt < @before", [("@before", before)], sweep: true, cancellationToken)).ConfigureAwait(false)
        + await RepeatAsync(() => EraseBatchAsync("RecordedAt < @before", [("@before", before)], cancellationToken)).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task<RetentionTime> AdvanceAsync(long now, long upTo, CancellationToken cancellationToken) => WriteAsync(async run =>
    {
        await RequireMayWriteAsync(run).ConfigureAwait(false);
        long clock = Clock is null ? now : Number(await run($"SELECT {Clock}").ConfigureAwait(false), 0);
        QueryResult kept = await run("SELECT Reached FROM RetentionClock WHERE Id = 1").ConfigureAwait(false);
        object reached = kept.Rows.Count > 0 ? kept.Rows[0][0] : (await run("SELECT max(RecordedAt) FROM SightingEvent").ConfigureAwait(false)).Rows[0][0]; // What was written last was written in time.
        long next = Math.Min(clock, Math.Max(reached is DBNull ? clock : Number(reached), upTo));
        await run("INSERT INTO RetentionClock (Id, Reached) VALUES (1, @next) ON CONFLICT (Id) DO UPDATE SET Reached = excluded.Reached", ("@next", next)).ConfigureAwait(false);
        return new RetentionTime(clock, next);
    }, cancellationToken);

    /// <summary>Runs statements that see one another's moment or a later one.</summary>
    protected abstract Task<T> ReadAsync<T>(Func<Statement, ValueTask<T>> work, CancellationToken cancellationToken);

    /// <summary>Runs statements in a transaction, alone among all writers of these tables.</summary>
    protected abstract Task<T> WriteAsync<T>(Func<Statement, ValueTask<T>> work, CancellationToken cancellationToken);

    private async ValueTask WriteRowAsync(Statement run, SightingRow row, bool exists, SightingMoment moment, bool newVisitor)
    {
        QueryResult order = await run($"UPDATE SightingOrder SET Last = Last + 1 WHERE Id = 1 AND {MayWrite} RETURNING Last").ConfigureAwait(false);
        if (order.Rows.Count == 0)
        {
            throw DeclaredDead();
        }

        long recordedAt = Clock is null ? row.RecordedAt : Number(await run($"SELECT {Clock}").ConfigureAwait(false), 0);
        (string, object?)[] values =
        [
            ("@id", row.Id), ("@revision", row.Revision), ("@camera", row.Camera), ("@status", row.Status), ("@firstSeen", row.FirstSeen), ("@recordedAt", recordedAt),
            ("@gallery", row.Gallery), ("@person", row.Person), ("@kind", (int)row.Kind), ("@hasPicture", row.HasPicture ? 1 : 0), ("@payload", row.Payload),
        ];
        await run(exists
            ? """
                UPDATE Sighting SET Revision = @revision, Camera = @camera, Status = @status, FirstSeen = @firstSeen, RecordedAt = @recordedAt, Gallery = @gallery, Person = @person, Kind = @kind,
                HasPicture = @hasPicture, Payload = @payload WHERE Id = @id
                """
            : """
                INSERT INTO Sighting (Id, Revision, Camera, Status, FirstSeen, RecordedAt, Gallery, Person, Kind, HasPicture, Payload)
                VALUES (@id, @revision, @camera, @status, @firstSeen, @recordedAt, @gallery, @person, @kind, @hasPicture, @payload)
                """,
            values).ConfigureAwait(false);
        await run(
            """
            INSERT INTO SightingEvent (Position, SightingId, Moment, NewVisitor, RecordedAt, Gallery, Person, HasPicture, Payload)
            VALUES (@position, @id, @moment, @newVisitor, @recordedAt, @gallery, @person, @hasPicture, @payload)
            """,
            ("@position", Number(order, 0)), ("@id", row.Id), ("@moment", (int)moment), ("@newVisitor", newVisitor ? 1 : 0), ("@recordedAt", recordedAt),
            ("@gallery", row.Gallery), ("@person", row.Person), ("@hasPicture", row.HasPicture ? 1 : 0), ("@payload", row.Payload)).ConfigureAwait(false);
    }

    private async ValueTask<bool> HasPersonAsync(Statement run, string key) => (await run(
        $"SELECT 1 FROM GrainRow WHERE StateName = 'person' AND GrainIdN0 = 0 AND GrainIdN1 = 0 AND GrainKey = @key AND Payload IS NOT NULL{Kept}", ("@key", key)).ConfigureAwait(false)).Rows.Count > 0;

    private Task<long> EraseBatchAsync(string condition, (string, object?)[] values, CancellationToken cancellationToken) => WriteAsync(async run =>
    {
        await RequireMayWriteAsync(run).ConfigureAwait(false);
        QueryResult batch = await run($"SELECT Id FROM Sighting WHERE {condition} LIMIT {BatchRows}", values).ConfigureAwait(false);
        foreach (object[] row in batch.Rows)
        {
            await EraseAsync(run, (string)row[0]).ConfigureAwait(false);
        }

        return (long)batch.Rows.Count;
    }, cancellationToken);

    private static async ValueTask EraseAsync(Statement run, string id)
    {
        await run("DELETE FROM SightingPicture WHERE Id = @id", ("@id", id)).ConfigureAwait(false);
        await run("DELETE FROM SightingEvent WHERE SightingId = @id", ("@id", id)).ConfigureAwait(false);
        await run("DELETE FROM Sighting WHERE Id = @id", ("@id", id)).ConfigureAwait(false);
    }

    /// <summary>Where a node must not write, nothing is erased, and that is a failure: whoever asked would think that it is gone.</summary>
    private async ValueTask RequireMayWriteAsync(Statement run)
    {
        if ((await run($"SELECT 1 WHERE {MayWrite}").ConfigureAwait(false)).Rows.Count == 0)
        {
            throw DeclaredDead();
        }
    }

    private static StorageException DeclaredDead() => new(StorageReason.Locked, "This node has been declared dead by the others and must not write any more.");

    private Task<long> EraseEventsAsync(string condition, (string, object?)[] values, bool sweep, CancellationToken cancellationToken) => WriteAsync(async run =>
    {
        await RequireMayWriteAsync(run).ConfigureAwait(false);
        QueryResult batch = await run($"DELETE FROM SightingEvent WHERE Position IN (SELECT Position FROM SightingEvent WHERE {condition} LIMIT {BatchRows}) RETURNING Position", values).ConfigureAwait(false);
        if (sweep && batch.Rows.Count > 0)
        {
            await run("UPDATE SightingOrder SET Swept = @swept WHERE Id = 1 AND Swept < @swept", ("@swept", batch.Rows.Max(static row => Number(row[0])))).ConfigureAwait(false);
        }

        return (long)batch.Rows.Count;
    }, cancellationToken);

    private static async Task<long> RepeatAsync(Func<Task<long>> batch)
    {
        long total = 0;
        while (true)
        {
            long count = await batch().ConfigureAwait(false);
            total += count;
            if (count < BatchRows)
            {
                return total;
            }
        }
    }

    private static SightingRow Row(object[] row) => new(
        (string)row[0], (int)Number(row[1]), (string)row[2], (int)Number(row[3]), Number(row[4]), Number(row[5]), Text(row[6]), Text(row[7]), (SightingKind)Number(row[8]), Number(row[9]) != 0, (byte[])row[10]);

    private static SightingEventRow Event(object[] row) => new(Number(row[2]), (SightingMoment)Number(row[3]), Number(row[4]) != 0, Number(row[5]), Number(row[6]) != 0, (byte[])row[7]);

    private static long Number(QueryResult result, int column) => Number(result.Rows[0][column]);

    private static long Number(object value) => Convert.ToInt64(value, CultureInfo.InvariantCulture); // SQLite has one kind of integer, PostgreSQL two.

    private static string? Text(object value) => value as string;
}
