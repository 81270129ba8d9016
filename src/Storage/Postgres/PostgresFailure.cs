using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace FaceGrid.Storage.Postgres;

/// <summary>Turns a failure of the driver into a <see cref="StorageException"/> that tells an operator what to do.</summary>
internal static class PostgresFailure
{
    /// <summary>Whether the connection broke at once. Then another try on a fresh connection is cheap and likely to help.</summary>
    public static bool IsLostConnection(Exception e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown } => true,
        PostgresException => false,
        NpgsqlException { InnerException: IOException or SocketException } => true,
        _ => false
    };

    /// <summary>Translates a failure. A failure of neither the server nor the network comes back unchanged.</summary>
    /// <param name="e">The exception of the driver.</param>
    /// <param name="server">Names the server, the database and the user, without the password.</param>
    public static Exception From(Exception e, string server) => e switch
    {
        PostgresException failure => Translate(failure, server),
        ObjectDisposedException => new StorageException(StorageReason.Unavailable, $"The database {server} is closed.", e),
        NpgsqlException or SocketException or IOException or TimeoutException or AuthenticationException =>
            new StorageException(
                StorageReason.Unavailable,
                $"{server} does not answer: check that the server runs and can be reached from here, "
                    + $"and check host and port in the connection string. ({Detail(e)})",
                e)
            {
                MayPass = true
            },
        _ => e
    };

    private static StorageException Translate(PostgresException e, string server)
    {
        // Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
        (StorageReason reason, string advice) = e.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => (StorageReason.Unavailable,
                $"{server} does not accept this user: check user name and password in the connection string, "
                    + "and pg_hba.conf of the server."),
            PostgresErrorCodes.InvalidCatalogName =>
                (StorageReason.Unavailable, $"{server} does not exist: create it (CREATE DATABASE), or correct the connection string."),
            PostgresErrorCodes.DiskFull =>
                (StorageReason.Full, $"No space left on the disk of {server}: free disk space; the grid goes on by itself afterwards."),
            PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.InvalidSchemaName => (StorageReason.ReadOnly,
                $"{server} does not permit this: let the user of the connection string own the database, "
                    + "or GRANT CREATE ON SCHEMA public and all rights on the tables to it."),
            PostgresErrorCodes.ReadOnlySqlTransaction =>
                (StorageReason.ReadOnly, $"{server} is read-only: connect to the primary, or end the read-only mode."),
            PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected =>
                (StorageReason.Locked, $"{server} is locked by another program: end the program that locks tables or rows there."),
            PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => (StorageReason.Damaged,
                $"{server} is damaged: stop the grid, keep a copy of the server's files and restore the latest backup."),
            PostgresErrorCodes.TooManyConnections => (StorageReason.Unavailable,
                $"{server} has no connection left: raise max_connections of the server, "
                    + "or lower \"Maximum Pool Size\" in the connection string (each node uses up to 20)."),
            _ => (StorageReason.Unavailable,
                $"{server} refused a statement: see the log of the server; the grid tries again by itself.")
        };
        return new StorageException(reason, $"{advice} ({e.SqlState}: {e.MessageText})", e) { MayPass = IsPassing(e.SqlState) };
    }

    /// <summary>
    /// Whether the server starts, stops or is full. Class 08 are broken connections, class 53 is a lack of resources, 57P0x is a server
    /// that starts or stops.
    /// </summary>
    private static bool IsPassing(string code) =>
        code.StartsWith("08", StringComparison.Ordinal)
            || code.StartsWith("53", StringComparison.Ordinal)
            || code.StartsWith("57P0", StringComparison.Ordinal);

    private static string Detail(Exception e) => e.InnerException is { } inner ? $"{e.Message} {Detail(inner)}" : e.Message;
}
