using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace FaceGrid.Storage.Sqlite;

/// <summary>
/// The source of the connections of the ADO.NET provider. They pass statements on to the one <see cref="Writer"/> and the
/// <see cref="Readers"/>: a SELECT goes to a reader, everything else to the writer, and neither uses the caller's thread. A command is one
/// statement and is committed by itself; transactions across commands do not exist here.
/// </summary>
internal sealed class GrainDataSource(string path, Writer writer, Readers readers) : DbDataSource
{
    public override string ConnectionString => $"Data Source={path}";

    // The provider creates one connection and never opens it: it checks that its type belongs to the invariant. The connections that it
    // works with come from the two methods below.
    protected override DbConnection CreateDbConnection() => new SqliteConnection(ConnectionString);

    protected override DbConnection OpenDbConnection()
    {
        var connection = new GrainConnection(ConnectionString, this);
        connection.Open();
        return connection;
    }

    protected override ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) =>
        new(OpenDbConnection());

    /// <summary>Runs one statement with the parameters of <paramref name="command"/>.</summary>
    public Task<QueryResult> RunAsync(GrainCommand command, CancellationToken cancellationToken)
    {
        string text = command.CommandText;
        SqliteParameter[] parameters = [.. command.Parameters.Cast<SqliteParameter>()];
        return text.AsSpan().TrimStart().StartsWith("SELECT", StringComparison.OrdinalIgnoreCase)
            ? readers.RunAsync(session => session.Query(text, parameters), cancellationToken)
            : writer.RunAsync(session => session.Query(text, parameters), alone: false, cancellationToken);
    }
}
