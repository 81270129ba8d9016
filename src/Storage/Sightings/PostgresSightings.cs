using System.Data;
using FaceGrid.Storage.Postgres;
using FaceGrid.Storage.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace FaceGrid.Storage.Sightings;

/// <summary>Sightings in PostgreSQL. Each write, on any node, first locks the row of the order; the commit ends the lock.</summary>
internal sealed class PostgresSightings(PostgresDatabase database) : SightingTables
{
    /// <summary>
    /// A node that freezes while it has the lock would hold up all others. So the server ends its transaction after two seconds without a
    /// statement.
    /// </summary>
    private const string Lock =
        "SELECT Last, set_config('idle_in_transaction_session_timeout', '2000', true) FROM SightingOrder WHERE Id = 1 FOR UPDATE";

    /// <inheritdoc/>
    protected override string Locked => " FOR UPDATE";

    /// <inheritdoc/>
    protected override string Kept => " FOR KEY SHARE";

    /// <inheritdoc/>
    protected override string MayWrite => PostgresQueries.NotDead;

    /// <inheritdoc/>
    protected override string Clock => "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)";

    /// <inheritdoc/>
    protected override Task<T> ReadAsync<T>(Func<Statement, ValueTask<T>> work, CancellationToken cancellationToken) =>
        database.RunAsync(connection => work((text, values) => QueryAsync(connection, text, values, cancellationToken)), cancellationToken);

    /// <inheritdoc/>
    protected override Task<T> WriteAsync<T>(
        Func<Statement, ValueTask<T>> work, CancellationToken cancellationToken) => database.RunAsync(
        async connection =>
        {
            // Read committed, whatever the database's default: while the first statement waits, others commit, and each statement must see
            // that.
            await using NpgsqlTransaction transaction =
                await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
            await QueryAsync(connection, Lock, [], cancellationToken).ConfigureAwait(false);
            T outcome = await work((text, values) => QueryAsync(connection, text, values, cancellationToken)).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return outcome;
        },
        cancellationToken);

    private static async ValueTask<QueryResult> QueryAsync(
        NpgsqlConnection connection, string text, (string Name, object? Value)[] values, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(text, connection);
        foreach ((string name, object? value) in values)
        {
            command.Parameters.Add(value is null
                ? new NpgsqlParameter(name, NpgsqlDbType.Text) { Value = DBNull.Value }
                : new NpgsqlParameter(name, value));
        }

        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        List<object[]> rows = [];
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            object[] row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return new QueryResult([], rows, reader.RecordsAffected);
    }
}
