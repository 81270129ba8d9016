using System.Data;
using System.Globalization;
using FaceGrid.Storage.Sightings;
using FaceGrid.Storage.Sqlite;
using Npgsql;

namespace FaceGrid.Storage.Postgres;

/// <summary>
/// The tables of the database and their upgrades. One database holds one grid, so the service id is not part of a key. <c>GrainRow</c> has
/// the layout of <see cref="Schema"/>: the people of a shard lie side by side in its primary key.
/// </summary>
internal static class PostgresSchema
{
    /// <summary>The schema's number, stored in <c>FaceGridSchema</c>. A higher number in the database is refused.</summary>
    public const int Version = 3;

    /// <summary>The lock by which nodes that start at once wait for each other: "facegrid" in ASCII.</summary>
    private const long Lock = 0x6661_6365_6772_6964;

    /// <summary>Longest time of one statement. An upgrade may have to rewrite a large table.</summary>
    private const int SecondsMax = 600;

    /// <summary>
    /// Templates do not compress, so payloads are stored as they are. They stay in the row where it fits a page of 8 KiB: a range in key
    /// order is random in the heap, and a payload outside of the row costs three more pages per row. Autovacuum runs after every deleted
    /// row, not only when a fifth of the table was deleted. It also cleans the index, which holds the names of people, see
    /// <see cref="PostgresDatabase.EraseFreePagesAsync"/>.
    /// </summary>
    private const string FirstTables = """
        CREATE TABLE FaceGridSchema (Version int NOT NULL);
        INSERT INTO FaceGridSchema (Version) VALUES (0);
        CREATE TABLE OrleansQuery (QueryKey text NOT NULL PRIMARY KEY, QueryText text NOT NULL);
        CREATE TABLE GrainRow (
            StateName text NOT NULL,
            GrainIdN0 bigint NOT NULL,
            GrainIdN1 bigint NOT NULL,
            GrainKey text COLLATE "C" NOT NULL,
            Version int NOT NULL,
            Payload bytea NULL,
            PRIMARY KEY (StateName, GrainIdN0, GrainIdN1, GrainKey))
        WITH (toast_tuple_target = 8160,
            autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0, vacuum_index_cleanup = on,
            toast.autovacuum_vacuum_threshold = 0, toast.autovacuum_vacuum_scale_factor = 0, toast.vacuum_index_cleanup = on);
        ALTER TABLE GrainRow ALTER COLUMN Payload SET STORAGE EXTERNAL;
        CREATE TABLE ClusterVersion (DeploymentId text NOT NULL PRIMARY KEY, Version int NOT NULL);
        CREATE TABLE ClusterMember (
            DeploymentId text NOT NULL REFERENCES ClusterVersion (DeploymentId),
            Address text NOT NULL,
            Port int NOT NULL,
            Generation int NOT NULL,
            SiloName text NOT NULL,
            HostName text NOT NULL,
            Status int NOT NULL,
            ProxyPort int NULL,
            SuspectTimes text NULL,
            StartTime timestamptz NOT NULL,
            IAmAliveTime timestamptz NOT NULL,
            PRIMARY KEY (DeploymentId, Address, Port, Generation));
        CREATE TABLE Reminder (
            GrainId text COLLATE "C" NOT NULL,
            ReminderName text COLLATE "C" NOT NULL,
            GrainHash int NOT NULL,
            StartTime timestamptz NOT NULL,
            Period bigint NOT NULL,
            Version int NOT NULL,
            PRIMARY KEY (GrainId, ReminderName));
        CREATE INDEX ReminderByHash ON Reminder (GrainHash);
        """;

    /// <summary>
    /// As with <c>GrainRow</c>, autovacuum runs after every deleted row: a sighting names a person, and its picture shows them.
    /// </summary>
    private const string Vacuum = """
         WITH (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0, vacuum_index_cleanup = on,
            toast.autovacuum_vacuum_threshold = 0, toast.autovacuum_vacuum_scale_factor = 0, toast.vacuum_index_cleanup = on)
        """;

    /// <summary>
    /// Creates or upgrades the tables in one transaction and stores this build's statements. It always writes, and so proves that this user
    /// may write.
    /// </summary>
    /// <exception cref="StorageException">A newer release wrote the database.</exception>
    public static async Task EnsureAsync(NpgsqlConnection connection, string server, CancellationToken cancellationToken)
    {
        // Read committed, whatever the database's default: while this node waits for the lock, another one commits, and each statement must
        // see that.
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(
            IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
        await ExecuteAsync($"SELECT pg_advisory_xact_lock({Lock})").ConfigureAwait(false);
        int found = await ExecuteAsync("SELECT to_regclass('FaceGridSchema') IS NOT NULL").ConfigureAwait(false) is true
            ? Convert.ToInt32(await ExecuteAsync("SELECT Version FROM FaceGridSchema").ConfigureAwait(false), CultureInfo.InvariantCulture)
            : 0;
        if (found > Version)
        {
            throw new StorageException(
                StorageReason.NewerSchema,
                $"{server} has schema {found}, this release knows {Version}: start the newer release, "
                    + "or restore a backup made before the upgrade.");
        }

        if (found < 1)
        {
            await ExecuteAsync(FirstTables).ConfigureAwait(false);
        }

        if (found < 3) // Creates the tables that are missing.
        {
            await ExecuteAsync(SightingTables.Schema("bytea", "text COLLATE \"C\"", Vacuum)).ConfigureAwait(false);
        }

        await ExecuteAsync($"UPDATE FaceGridSchema SET Version = {Version}").ConfigureAwait(false);
        foreach ((string key, string text) in PostgresQueries.All)
        {
            await ExecuteAsync(
                "INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES ($1, $2) "
                    + "ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText",
                key,
                text).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);

        async Task<object?> ExecuteAsync(string text, params string[] values)
        {
            await using var command = new NpgsqlCommand(text, connection, transaction) { CommandTimeout = SecondsMax };
            foreach (string value in values)
            {
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
            }

            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
