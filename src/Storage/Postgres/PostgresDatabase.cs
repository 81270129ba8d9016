using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using FaceGrid.Storage.Sightings;
using Npgsql;

namespace FaceGrid.Storage.Postgres;

/// <summary>
/// The durable state of a grid of several nodes in one PostgreSQL database (13 or newer). The Orleans ADO.NET providers keep grain state,
/// membership and reminders through <see cref="DataSource"/>; <see cref="IGrainRows"/> reads ranges of grain state. All members may be used
/// from many threads and from many nodes at once. A call ends after about ten seconds, whatever the server does. The server decides when a
/// commit counts as done (<c>fsync</c> and <c>synchronous_commit</c>, both on by default).
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
    /// Largest number of seconds for one attempt to make the first connection. Where there is time left, the caller makes the next attempt.
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
    /// The source of connections for the Orleans membership provider. It has connections of its own, so that a node does not look dead
    /// while rows keep all others busy.
    /// </summary>
    public DbDataSource MembershipSource => _membership;

    /// <summary>
    /// Says which node makes these writes. When the others have declared that node dead, the database refuses every later change of a row
    /// by it as a conflict of versions, even if the node asked for it long before. The server shows the name (<c>fg 10.0.0.1:11111@123</c>)
    /// as <c>application_name</c> of the connections.
    /// </summary>
    /// <param name="address">The node's address as in the membership table.</param>
    /// <param name="port">Its port.</param>
    /// <param name="generation">Its generation.</param>
    public void ActFor(string address, int port, int generation) =>
        _source.Rename(string.Create(CultureInfo.InvariantCulture, $"fg {address}:{port}@{generation}"));

    /// <summary>
    /// Connects, and creates or upgrades the tables in one transaction. This proves that the database can be written. Any number of nodes
    /// may call it at once.
    /// </summary>
    /// <param name="connectionString">
    /// A connection string of Npgsql with at least <c>Host</c>, <c>Database</c>, <c>Username</c> and mostly <c>Password</c>. Its other
    /// settings override our own (connection timeout 5 s, command timeout 8 s, at most 20 connections).
    /// </param>
    /// <param name="wait">
    /// How long the server may take to accept the connection, at least 1 s and at most 30 s. A server that starts or is busy is slow at
    /// first. A longer <c>Timeout</c> in the connection string overrides it.
    /// </param>
    /// <param name="cancellationToken">
    /// Ends the call between two steps. Tables are made in one transaction, so a cancelled call leaves all of them or none.
    /// </param>
    /// <exception cref="StorageException">
    /// The connection string cannot be read; the server cannot be reached, does not accept the user or does not know the database; the user
    /// may not create tables; or a newer release wrote them. The message never holds the password.
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
            // The server sends all rows that were asked for, even those behind the cut. Where rows are large, ask for fewer.
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
        RunAsync<GrainRow?>(
            $"SELECT Payload, Version FROM GrainRow WHERE {OneState} AND GrainKey = $2 AND Payload IS NOT NULL",
            [stateName, key],
            async reader => await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
                ? new GrainRow(key, reader.GetFieldValue<byte[]>(0), reader.GetInt32(1))
                : null,
            cancellationToken);

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
        // Goes on until fewer rows are found, not until fewer are deleted: another call may delete the same rows at the same time.
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
    /// Returns at once, because PostgreSQL cannot be asked to overwrite deleted rows. These bytes stay for a while:
    /// <list type="bullet">
    /// <item>A deleted or replaced row is invisible to every statement at once. Its old version stays in the table until a vacuum. The
    /// table asks for an autovacuum after every such row, which also cleans the keys in the index. With default settings it runs within a
    /// minute or two. It runs later while an older transaction, a standby with feedback or a forgotten replication slot still needs the
    /// row.</item>
    /// <item>A vacuum marks the space as free. The bytes stay in the server's files until other rows are written there. Only a rewrite of
    /// the table (<c>VACUUM FULL GrainRow</c>) removes them from the files, and then they lie in free blocks of the disk.</item>
    /// <item>The write-ahead log holds rows as they were written and is overwritten some checkpoints later. Standbys, archived logs and
    /// backups keep the rows as long as they exist themselves.</item>
    /// </list>
    /// An operator who must be sure encrypts the server's disk, destroys its key in the end, and deletes archived logs and backups after a
    /// fixed time.
    /// </summary>
    /// <param name="cancellationToken">Not used, because there is nothing to wait for.</param>
    public Task EraseFreePagesAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs one statement, see the other overload.</summary>
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
    /// Runs statements off the caller's scheduler. All statements here may run twice, so a lost connection fails no call: the second
    /// attempt has a fresh one.
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
                // Try again with a fresh connection.
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw PostgresFailure.From(e, _server);
            }
        }
    }, cancellationToken);

    /// <summary>Closes the connections. Those in use close when their statement ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync().ConfigureAwait(false);
        await _membership.DisposeAsync().ConfigureAwait(false);
    }
}
