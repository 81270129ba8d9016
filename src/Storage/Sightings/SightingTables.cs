using FaceGrid.Storage.Sqlite;
using static FaceGrid.Storage.Sightings.SightingColumns;

namespace FaceGrid.Storage.Sightings;

/// <summary>
/// The statements, which are the same in both databases, and the order of writes. A write locks the only row of <c>SightingOrder</c> until
/// its commit. So the next write sees all changes of this one, and positions become visible in order.
/// </summary>
internal abstract class SightingTables : ISightingRows
{
    /// <summary>
    /// Largest number of visits or events that one transaction erases. It takes some tens of milliseconds, in which no other write runs.
    /// </summary>
    private const int BatchRows = 64;

    /// <summary>Runs one statement of a piece of work.</summary>
    protected delegate ValueTask<QueryResult> Statement(string text, params (string Name, object? Value)[] values);

    /// <summary>Text behind a SELECT whose row must not change before the commit.</summary>
    protected virtual string Locked => "";

    /// <summary>Text behind a SELECT whose row must not be deleted before the commit.</summary>
    protected virtual string Kept => "";

    /// <summary>A condition that is false for a node that must not write any more.</summary>
    protected virtual string MayWrite => "1 = 1";

    /// <summary>
    /// An expression for microseconds since 1970 by the database's own clock, which all nodes share. Null where the database uses the clock
    /// of the node.
    /// </summary>
    protected virtual string? Clock => null;

    /// <summary>The statements of the schema. The two databases differ in types and suffix only.</summary>
    /// <param name="blob">The type of bytes.</param>
    /// <param name="text">The type of ids, compared by their bytes.</param>
    /// <param name="suffix">Text behind each table.</param>
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
    public Task<SightingOutcome> RecordAsync(
        SightingRow row, string? personRow, byte[]? picture, CancellationToken cancellationToken) => WriteAsync(async run =>
    {
        const string Prior = "SELECT Revision, Status, Gallery, Person, HasPicture, Kind FROM Sighting WHERE Id = @id";
        QueryResult prior = await run(Prior + Locked, ("@id", row.Id)).ConfigureAwait(false);
        bool exists = prior.Rows.Count > 0;
        if (exists && (Number(prior, 0) >= row.Revision || Number(prior, 1) != 0))
        {
            return SightingOutcome.Known;
        }

        bool namedBefore = exists
            && Text(prior.Rows[0][2]) == row.Gallery
            && Text(prior.Rows[0][3]) == row.Person
            && Number(prior, 5) == (int)row.Kind;
        if (personRow is not null && !namedBefore && !await HasPersonAsync(run, personRow).ConfigureAwait(false))
        {
            await RequireMayWriteAsync(run).ConfigureAwait(false);
            await EraseAsync(run, row.Id).ConfigureAwait(false); // Events from before the person was recognised show the same face.
            return SightingOutcome.PersonGone;
        }

        SightingMoment moment = row.Status != 0 ? SightingMoment.Ended : exists ? SightingMoment.Changed : SightingMoment.Begun;
        SightingRow written = row with { HasPicture = picture is not null || (exists && Number(prior, 4) != 0) };
        await WriteRowAsync(run, written, exists, moment, newVisitor: !namedBefore).ConfigureAwait(false);
        if (picture is not null)
        {
            const string WritePicture = """
                INSERT INTO SightingPicture (Id, Picture) VALUES (@id, @picture)
                ON CONFLICT (Id) DO UPDATE SET Picture = excluded.Picture
                """;
            await run(WritePicture, ("@id", row.Id), ("@picture", picture)).ConfigureAwait(false);
        }

        return SightingOutcome.Written;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<SightingRow?> ReadAsync(string id, CancellationToken cancellationToken) => ReadAsync(
        async run =>
        {
            QueryResult found = await run($"{Select} WHERE Id = @id", ("@id", id)).ConfigureAwait(false);
            return found.Rows is [{ } row] ? Row(row) : null;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<byte[]?> ReadPictureAsync(string id, CancellationToken cancellationToken) => ReadAsync(
        async run =>
        {
            QueryResult found = await run("SELECT Picture FROM SightingPicture WHERE Id = @id", ("@id", id)).ConfigureAwait(false);
            return found.Rows is [[byte[] picture]] ? picture : null;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SightingRow>> ListAsync(SightingFilter filter, int limit, CancellationToken cancellationToken)
    {
        (string text, List<(string, object?)> values) = SightingListQuery.Of(filter, limit);
        return ReadAsync<IReadOnlyList<SightingRow>>(
            async run => [.. (await run(text, [.. values]).ConfigureAwait(false)).Rows.Select(Row)], cancellationToken);
    }

    /// <inheritdoc/>
    public Task<SightingEventPage> ReadEventsAsync(long after, int limit, CancellationToken cancellationToken) => ReadAsync(async run =>
    {
        // One statement means one snapshot. The order's row comes with each event, and alone when there is none.
        const string Text = """
            SELECT o.Last, o.Swept, e.Position, e.Moment, e.NewVisitor, e.RecordedAt, e.HasPicture, e.Payload FROM SightingOrder AS o
            LEFT JOIN (SELECT Position, Moment, NewVisitor, RecordedAt, HasPicture, Payload FROM SightingEvent
                WHERE Position > @after ORDER BY Position LIMIT @limit) AS e ON 1 = 1
            """;
        QueryResult found = await run(Text, ("@after", after), ("@limit", (long)limit)).ConfigureAwait(false);
        IEnumerable<SightingEventRow> events = found.Rows.Where(row => row[2] is not DBNull).Select(Event);
        return new SightingEventPage([.. events.OrderBy(row => row.Position)], Number(found, 0), Number(found, 1));
    }, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> EraseAsync(string id, CancellationToken cancellationToken) =>
        await EraseBatchAsync("Id = @id", [("@id", id)], cancellationToken).ConfigureAwait(false) > 0;

    /// <inheritdoc/>
    public async Task<long> ErasePeopleAsync(string gallery, string? person, long? upTo, CancellationToken cancellationToken)
    {
        string named = "Gallery IS NOT NULL AND Gallery = @gallery" + (person is null ? "" : " AND Person = @person");
        string events = upTo is null ? named : $"{named} AND Position <= @upTo";
        string visits = upTo is null ? named : $"{named} AND Id IN (SELECT SightingId FROM SightingEvent WHERE {events})";
        List<(string, object?)> values = [("@gallery", gallery)];
        if (person is not null)
        {
            values.Add(("@person", person));
        }

        if (upTo is { } last)
        {
            values.Add(("@upTo", last));
        }

        // Visits come first, then events, because a visit may have had another name before.
        return await RepeatAsync(() => EraseBatchAsync(visits, [.. values], cancellationToken)).ConfigureAwait(false)
            + await RepeatAsync(() => EraseEventsAsync(events, [.. values], sweep: false, cancellationToken)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<long> SweepAsync(long before, CancellationToken cancellationToken)
    {
        const string Old = "RecordedAt < @before";
        (string, object?)[] values = [("@before", before)];
        return await RepeatAsync(() => EraseEventsAsync(Old, values, sweep: true, cancellationToken)).ConfigureAwait(false)
            + await RepeatAsync(() => EraseBatchAsync(Old, values, cancellationToken)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<RetentionTime> AdvanceAsync(long now, long upTo, CancellationToken cancellationToken) => WriteAsync(async run =>
    {
        await RequireMayWriteAsync(run).ConfigureAwait(false);
        long clock = Clock is null ? now : Number(await run($"SELECT {Clock}").ConfigureAwait(false), 0);
        QueryResult kept = await run("SELECT Reached FROM RetentionClock WHERE Id = 1").ConfigureAwait(false);
        if (kept.Rows.Count == 0)
        {
            kept = await run("SELECT max(RecordedAt) FROM SightingEvent").ConfigureAwait(false); // The newest event had a sound time.
        }

        object reached = kept.Rows[0][0];
        long next = Math.Min(clock, Math.Max(reached is DBNull ? clock : Number(reached), upTo));
        const string WriteReached =
            "INSERT INTO RetentionClock (Id, Reached) VALUES (1, @next) ON CONFLICT (Id) DO UPDATE SET Reached = excluded.Reached";
        await run(WriteReached, ("@next", next)).ConfigureAwait(false);
        return new RetentionTime(clock, next);
    }, cancellationToken);

    /// <summary>Runs statements that read. Each sees the state that the one before it saw, or a later one.</summary>
    protected abstract Task<T> ReadAsync<T>(Func<Statement, ValueTask<T>> work, CancellationToken cancellationToken);

    /// <summary>Runs statements in a transaction. No other writer of these tables runs at the same time.</summary>
    protected abstract Task<T> WriteAsync<T>(Func<Statement, ValueTask<T>> work, CancellationToken cancellationToken);

    private async ValueTask WriteRowAsync(Statement run, SightingRow row, bool exists, SightingMoment moment, bool newVisitor)
    {
        QueryResult order =
            await run($"UPDATE SightingOrder SET Last = Last + 1 WHERE Id = 1 AND {MayWrite} RETURNING Last").ConfigureAwait(false);
        if (order.Rows.Count == 0)
        {
            throw DeclaredDead();
        }

        long recordedAt = Clock is null ? row.RecordedAt : Number(await run($"SELECT {Clock}").ConfigureAwait(false), 0);
        (string, object?)[] values =
        [
            ("@id", row.Id), ("@revision", row.Revision), ("@camera", row.Camera), ("@status", row.Status),
            ("@firstSeen", row.FirstSeen), ("@recordedAt", recordedAt), ("@gallery", row.Gallery), ("@person", row.Person),
            ("@kind", (int)row.Kind), ("@hasPicture", row.HasPicture ? 1 : 0), ("@payload", row.Payload),
        ];
        await run(exists
            ? """
                UPDATE Sighting SET Revision = @revision, Camera = @camera, Status = @status, FirstSeen = @firstSeen,
                RecordedAt = @recordedAt, Gallery = @gallery, Person = @person, Kind = @kind, HasPicture = @hasPicture,
                Payload = @payload WHERE Id = @id
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
            ("@position", Number(order, 0)), ("@id", row.Id), ("@moment", (int)moment), ("@newVisitor", newVisitor ? 1 : 0),
            ("@recordedAt", recordedAt), ("@gallery", row.Gallery), ("@person", row.Person), ("@hasPicture", row.HasPicture ? 1 : 0),
            ("@payload", row.Payload)).ConfigureAwait(false);
    }

    private async ValueTask<bool> HasPersonAsync(Statement run, string key)
    {
        const string Find = """
            SELECT 1 FROM GrainRow
            WHERE StateName = 'person' AND GrainIdN0 = 0 AND GrainIdN1 = 0 AND GrainKey = @key AND Payload IS NOT NULL
            """;
        return (await run(Find + Kept, ("@key", key)).ConfigureAwait(false)).Rows.Count > 0;
    }

    private Task<long> EraseBatchAsync(
        string condition, (string, object?)[] values, CancellationToken cancellationToken) => WriteAsync(async run =>
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

    /// <summary>
    /// Throws where this node must not write. Otherwise nothing would be erased, and the caller would believe that it was.
    /// </summary>
    private async ValueTask RequireMayWriteAsync(Statement run)
    {
        if ((await run($"SELECT 1 WHERE {MayWrite}").ConfigureAwait(false)).Rows.Count == 0)
        {
            throw DeclaredDead();
        }
    }

    private static StorageException DeclaredDead() =>
        new(StorageReason.Locked, "This node has been declared dead by the others and must not write any more.");

    private Task<long> EraseEventsAsync(
        string condition, (string, object?)[] values, bool sweep, CancellationToken cancellationToken) => WriteAsync(async run =>
    {
        await RequireMayWriteAsync(run).ConfigureAwait(false);
        string chosen = $"SELECT Position FROM SightingEvent WHERE {condition} LIMIT {BatchRows}";
        QueryResult batch =
            await run($"DELETE FROM SightingEvent WHERE Position IN ({chosen}) RETURNING Position", values).ConfigureAwait(false);
        if (sweep && batch.Rows.Count > 0)
        {
            long swept = batch.Rows.Max(static row => Number(row[0]));
            await run("UPDATE SightingOrder SET Swept = @swept WHERE Id = 1 AND Swept < @swept", ("@swept", swept)).ConfigureAwait(false);
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
}
