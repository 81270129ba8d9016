using FaceGrid.Abstractions.Errors;
using FaceGrid.Storage;
using FaceGrid.Storage.Postgres;
using FaceGrid.Storage.Sqlite;

namespace FaceGrid.Silo;

/// <summary>
/// Opens the database when a node starts. It waits for a server that is not up yet, because machines of a cluster start in any order.
/// </summary>
internal static class DatabaseStart
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(250), PauseMax = TimeSpan.FromSeconds(5);

    /// <summary>How often an unchanged reason is printed again.</summary>
    private static readonly TimeSpan RepeatEvery = TimeSpan.FromSeconds(30);

    /// <summary>Opens the database that a node is configured for.</summary>
    /// <param name="node">Settings of the node.</param>
    /// <param name="time">Clock.</param>
    /// <param name="output">Receives a line that says what the node waits for. The log does not exist yet.</param>
    /// <param name="cancellationToken">Ends the wait. Nothing is left open.</param>
    /// <returns>PostgreSQL where a connection string is configured, otherwise the SQLite file of the data directory.</returns>
    /// <exception cref="StorageException">The database cannot be opened.</exception>
    public static async Task<IGridDatabase> OpenAsync(
        NodeOptions node, TimeProvider time, TextWriter output, CancellationToken cancellationToken) =>
        node.Database is { } connection
            ? await OpenAsync(connection, node.DatabaseWait, time, output, cancellationToken)
            : await SqliteDatabase.OpenAsync(node.DataDirectory, node.Synchronous, cancellationToken);

    /// <summary>Opens a shared database.</summary>
    /// <param name="connection">Connection string.</param>
    /// <param name="wait">How long it may take. One attempt is made in any case.</param>
    /// <param name="time">Clock.</param>
    /// <param name="output">Receives a line that says what the node waits for. The log does not exist yet.</param>
    /// <param name="cancellationToken">Ends the wait. Nothing is left open.</param>
    /// <returns>The database.</returns>
    /// <exception cref="StorageException">The failure will not pass by waiting, or the wait is over.</exception>
    public static async Task<PostgresDatabase> OpenAsync(
        string connection, TimeSpan wait, TimeProvider time, TextWriter output, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        (string? said, TimeSpan saidAt) = (null, TimeSpan.Zero);
        for (int attempt = 0; ; attempt++)
        {
            TimeSpan pause = Backoff.Pause(attempt, PauseMin, PauseMax);
            TimeSpan left = wait - time.GetElapsedTime(start);
            try
            {
                return await PostgresDatabase.OpenAsync(connection, left, cancellationToken);
            }
            catch (StorageException missing) when (missing.MayPass && time.GetElapsedTime(start) + pause < wait)
            {
                TimeSpan waited = time.GetElapsedTime(start);
                if (missing.Message != said || waited - saidAt > RepeatEvery)
                {
                    await output.WriteLineAsync(
                        $"FaceGrid waits for its database, {waited.TotalSeconds:0} s of at most {wait.TotalSeconds:0}: {missing.Message}");
                    (said, saidAt) = (missing.Message, waited);
                }
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }
}
