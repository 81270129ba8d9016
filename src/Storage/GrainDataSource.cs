using System.Data.Common;

namespace FaceGrid.Storage;

/// <summary>
/// What the ADO.NET provider opens its connections from. Connections are light doors to the one <see cref="Writer"/> and the <see cref="Readers"/>:
/// a SELECT goes to a reader, everything else to the writer, and the caller's thread is never used for either.
/// A command is one statement and is committed by itself; transactions across commands do not exist here.
/// </summary>
internal sealed class GrainDataSource(string path, Writer writer, Readers readers) : DbDataSource
{
    public override string ConnectionString => $"Data Source={path}";

    protected override DbConnection CreateDbConnection() => new GrainConnection(ConnectionString, this);

    /// <summary>Runs one statement with the parameters of <paramref name="command"/>.</summary>
    public Task<QueryResult> RunAsync(GrainCommand command, CancellationToken ct)
    {
        string text = command.CommandText;
        Microsoft.Data.Sqlite.SqliteParameter[] parameters = [.. command.Parameters.Cast<Microsoft.Data.Sqlite.SqliteParameter>()];
        return text.AsSpan().TrimStart().StartsWith("SELECT", StringComparison.OrdinalIgnoreCase)
            ? readers.RunAsync(session => session.Query(text, parameters), ct)
            : writer.RunAsync(session => session.Query(text, parameters), alone: false, ct);
    }
}
