using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using FaceGrid.Storage.Sightings;
using Npgsql;

namespace FaceGrid.Storage.Postgres;

/// <summary>
/// The durable state of a grid of several nodes in one PostgreSQL database (13 or newer): grain state, membership and reminders of the
/// Orleans ADO.NET providers, which work through
/// <see cref="DataSource"/>, and ranges of grain state through <see cref="IGrainRows"/>. All members may be used from many threads at
/// once, and from many nodes. A call ends after about ten seconds, whatever the server does. When a commit counts as done is the server's
/// to say (<c>fsync</c> and <c>synchronous_commit</c>, both on by default).
/// </summary>
public sealed class PostgresDatabase : IGridDatabase
{
    /// <summary>Rows per batch of a range read or a range delete.</summary>
    private const int BatchRows = 512;

    /// <summary>Bytes of payload after which a batch ends early.</summary>
    private const int BatchBytes = 8 << 20;

    private const string OneState = "StateName = $1 AND GrainIdN0 = 0 AND GrainIdN1 = 0";
    private const string Range = $"{OneState} AND GrainKey >= $2 AND GrainKey < $3";

    /// <summary>
    /// Seconds that one attempt to make the first connection may take; where there is time left, the next attempt is the caller's.
    /// </summary>
    private const int ConnectSecondsMax = 30;

    /// <summary>Connections for membership.</summary>
    private const int MembershipConnections = 4;

    private readonly PostgresDataSource _source;
    private readonly PostgresDataSource _membership;
    private readonly string _server;

    private PostgresDatabase(PostgresDataSource source, PostgresDataSource membership, string server)
    {
        _source = source;
        _membership = membership;
        _server = server;
        Sightings = new PostgresSightings(this);
    }

    /// <inheritdoc/>
    public string Invariant => "Npgsql";

    /// <inheritdoc/>
    public DbDataSource DataSource => _source;

    /// <inheritdoc/>
    public ISightingRows Sightings { get; }

    /// <summary>
    /// The same for the Orleans membership provider: connections of its own, so that a node does not look dead because all others are
    /// busy with rows.
    /// </summary>
    public DbDataSource MembershipSource => _membership;

    /// <summary>
    /// Says whose writes these are. When the others have declared that node dead, the database refuses every later change of a row by it,
    /// as a conflict of versions, however long ago it was asked for. The server shows the name (<c>fg 10.0.0.1:11111@123</c>) as
    /// <c>application_name</c> of the connections.
    /// </summary>
    /// <param name="address">The node's address as in the membership table.</param>
    /// <param name="port">Its port.</param>
    /// <param name="generation">Its generation.</param>
    public void ActFor(string address, int port, int generation) =>
        _source.Rename(string.Create(CultureInfo.InvariantCulture, $"fg {address}:{port}@{generation}"));

    /// <summary>
    /// Connects, creates or upgrades the tables in one transaction, and so proves that the database can be written. Any number of nodes
    /// may do so at once.
    /// </summary>
    /// <param name="connectionString">
    /// For Npgsql: at least <c>Host</c>, <c>Database</c>, <c>Username</c> and mostly <c>Password</c>. Whatever else it says goes before
    /// our own settings (connection timeout 5 s, command timeout 8 s, at most 20 connections).
    /// </param>
    /// <param name="wait">
    /// How long the server may take to accept the connection, at least 1 s and at most 30 s: one that starts, or has much to do, is slow
    /// at first. A longer <c>Timeout</c> in the connection string goes before it.
    /// </param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="StorageException">
    /// The connection string cannot be read, the server cannot be reached, does not accept the user or does not know the database, the
    /// user may not create tables, or a newer release wrote them. The message never holds the password.
    /// </exception>
    public static async Task<PostgresDatabase> OpenAsync(string connectionString, TimeSpan wait, CancellationToken cancellationToken)
    {
        NpgsqlConnectionStringBuilder settings = PostgresSettings.Read(connectionString);
        string name =
            $"PostgreSQL database {settings.Database ?? settings.Username} at {settings.Host}:{settings.Port} (user {settings.Username})";
        var opened = new PostgresDataSource(settings);
        try
        {
            await Task.Run(async () =>
            {
                var first = new NpgsqlConnectionStringBuilder(settings.ConnectionString)
                {
                    Pooling = false,
                    Timeout = Math.Max(settings.Timeout, (int)Math.Clamp(wait.TotalSeconds, 1, ConnectSecondsMax)),
                };
                await using var connection = new NpgsqlConnection(first.ConnectionString);
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
                await PostgresSchema.EnsureAsync(connection, name, cancellationToken).ConfigureAwait(false);
            }, cancellationToken).ConfigureAwait(false);
            var few = new NpgsqlConnectionStringBuilder(settings.ConnectionString) { MaxPoolSize = MembershipConnections };
            return new PostgresDatabase(opened, new PostgresDataSource(few), name);
        }
        catch (Exception e)
        {
            await opened.DisposeAsync().ConfigureAwait(false);
            throw PostgresFailure.From(e, name);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<GrainRow> ReadRangeAsync(
        string stateName, string fromKey, string toKey, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const string Columns = "SELECT GrainKey, Payload, Version FROM GrainRow WHERE";
        const string End = "AND Payload IS NOT NULL ORDER BY GrainKey LIMIT $4";
        string text = $"{Columns} {Range} {End}";
        string start = fromKey;
        int limit = BatchRows;
        while (true)
        {
            (List<GrainRow> rows, bool cut) = await RunAsync(
                text,
                [stateName, start, toKey, limit],
                reader => ReadBatchAsync(reader, cancellationToken),
                cancellationToken).ConfigureAwait(false);
            foreach (GrainRow row in rows)
            {
                yield return row;
            }

            if (!cut && rows.Count < limit)
            {
                yield break;
            }

            start = rows[^1].Key;
            text = $"{Columns} {OneState} AND GrainKey > $2 AND GrainKey < $3 {End}";
            // The server sends what was asked for, also behind the cut: where rows are large, ask for fewer.
            limit = cut ? rows.Count : Math.Min(2 * limit, BatchRows);
        }
    }

    private static async Task<(List<GrainRow> Rows, bool Cut)> ReadBatchAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        List<GrainRow> rows = new(BatchRows);
        long bytes = 0;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var row = new GrainRow(reader.GetString(0), reader.GetFieldValue<byte[]>(1), reader.GetInt32(2));
            rows.Add(row);
            bytes += row.Payload.Length;
            if (bytes >= BatchBytes)
            {
                return (rows, true);
            }
        }

        return (rows, false);
    }

    /// <inheritdoc/>
    public Task<GrainRow?> ReadAsync(string stateName, string key, CancellationToken cancellationToken) =>
        RunAsync<GrainRow?>($"SELECT Payload, Version FROM GrainRow WHERE {OneState} AND GrainKey = $2 AND Payload IS NOT "
            + "NULL", [stateName, key], async reader =>
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
                ? new GrainRow(key, reader.GetFieldValue<byte[]>(0), reader.GetInt32(1))
                : null, cancellationToken);

    /// <inheritdoc/>
    public Task<long> CountAsync(string stateName, string fromKey, string toKey, CancellationToken cancellationToken) =>
        RunAsync($"SELECT count(*) FROM GrainRow WHERE {Range} AND Payload IS NOT NULL", [stateName, fromKey, toKey], async reader =>
        {
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            return reader.GetInt64(0);
        }, cancellationToken);

    /// <inheritdoc/>
    public async Task<long> DeleteRangeAsync(string stateName, string fromKey, string toKey, CancellationToken cancellationToken)
    {
        // Goes on until no rows are found, not until fewer are deleted: somebody else may delete the same rows at the same time.
        const string Text = $"""
            WITH Batch AS MATERIALIZED (
                SELECT GrainKey FROM GrainRow WHERE {Range} AND {PostgresQueries.NotDead} ORDER BY GrainKey LIMIT $4),
            Gone AS (DELETE FROM GrainRow WHERE {OneState} AND GrainKey = ANY (ARRAY(SELECT GrainKey FROM Batch)) RETURNING 1)
            SELECT (SELECT count(*) FROM Batch), (SELECT count(*) FROM Gone)
            """;
        long total = 0;
        while (true)
        {
            (long found, long deleted) = await RunAsync(Text, [stateName, fromKey, toKey, BatchRows], async reader =>
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                return (reader.GetInt64(0), reader.GetInt64(1));
            }, cancellationToken).ConfigureAwait(false);
            total += deleted;
            if (found < BatchRows)
            {
                return total;
            }
        }
    }

    /// <summary>
    /// Returns at once: PostgreSQL cannot be asked to overwrite what was deleted, so nothing is gained by waiting. What stays, and for
    /// how long:
    /// <list type="bullet">
    /// <item>A deleted or replaced row is invisible to every statement at once. Its old version stays in the table until a vacuum. The
    /// table asks autovacuum to come for every such row, keys in the index included: within a minute or two on a server with default
    /// settings, later while an older transaction, a standby with feedback or a forgotten replication slot still holds on to it.</item>
    /// <item>A vacuum gives the place free; the bytes stay in the server's files until other rows are written there. Only writing the
    /// table anew (<c>VACUUM FULL GrainRow</c>) leaves them behind, and then they are free blocks of the disk.</item>
    /// <item>The write-ahead log holds rows as they were written and is overwritten some checkpoints later; standbys, archived log and
    /// backups keep them as long as they are kept.</item>
    /// </list>
    /// An operator who must be sure encrypts the server's disk and destroys its key in the end, and gives archived log and backups an end
    /// of life.
    /// </summary>
    /// <param name="cancellationToken">Not used.</param>
    public Task EraseFreePagesAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs one statement; see the other.</summary>
    private Task<T> RunAsync<T>(string text, object[] values, Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellationToken) =>
        RunAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand(text, connection);
            foreach (object value in values)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            return await read(reader).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>
    /// Runs statements off the caller's scheduler. What was asked here may be asked twice, so a connection that turns out to be lost
    /// costs nobody anything: the second attempt has a fresh one.
    /// </summary>
    internal Task<T> RunAsync<T>(Func<NpgsqlConnection, ValueTask<T>> work, CancellationToken cancellationToken) => Task.Run(async () =>
    {
        for (bool again = false; ; again = true)
        {
            try
            {
                await using NpgsqlConnection connection = await _source.OpenAsync(cancellationToken).ConfigureAwait(false);
                return await work(connection).ConfigureAwait(false);
            }
            catch (Exception e) when (!again && PostgresFailure.IsLostConnection(e))
            {
                // Once more.
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw PostgresFailure.From(e, _server);
            }
        }
    }, cancellationToken);

    /// <summary>Closes the connections; those in use close when their statement ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync().ConfigureAwait(false);
        await _membership.DisposeAsync().ConfigureAwait(false);
    }
}
