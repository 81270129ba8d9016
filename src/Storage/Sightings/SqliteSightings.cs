using FaceGrid.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace FaceGrid.Storage.Sightings;

/// <summary>
/// Sightings in SQLite. There is one writer, so writes are in order by themselves. Statements end before they return, so nothing here
/// waits.
/// </summary>
internal sealed class SqliteSightings(Writer writer, Readers readers) : SightingTables
{
    /// <inheritdoc/>
    protected override Task<T> ReadAsync<T>(Func<Statement, ValueTask<T>> work, CancellationToken cancellationToken) =>
        readers.RunAsync(session => Run(session, work), cancellationToken);

    /// <inheritdoc/>
    protected override Task<T> WriteAsync<T>(
        Func<Statement, ValueTask<T>> work, CancellationToken cancellationToken) => writer.RunAsync(session =>
    {
        // Other jobs share the transaction. A job that fails in the middle takes back its own statements only.
        session.Execute("SAVEPOINT sighting");
        try
        {
            T outcome = Run(session, work);
            session.Execute("RELEASE sighting");
            return outcome;
        }
        catch (Exception e) when (e is not SqliteException { SqliteErrorCode: not (1 or 18 or 19 or 20 or 25) })
        {
            // After any other error code the writer takes back the whole transaction.
            session.Execute("ROLLBACK TO sighting; RELEASE sighting");
            throw;
        }
    }, alone: false, cancellationToken);

    private static T Run<T>(Session session, Func<Statement, ValueTask<T>> work)
    {
        ValueTask<T> outcome = work((text, values) => new ValueTask<QueryResult>(
            session.Query(text, values.Select(static value => new SqliteParameter(value.Name, value.Value ?? DBNull.Value)))));
        return outcome.IsCompleted
            ? outcome.GetAwaiter().GetResult()
            : throw new InvalidOperationException("A statement of SQLite did not end at once.");
    }
}
