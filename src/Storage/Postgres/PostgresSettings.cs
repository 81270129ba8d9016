using Npgsql;

namespace FaceGrid.Storage.Postgres;

/// <summary>The settings of the driver where the operator's connection string does not say otherwise.</summary>
internal static class PostgresSettings
{
    /// <summary>
    /// Our settings. They stand before the operator's, which override them.
    /// <list type="bullet">
    /// <item>5 s to connect or to get a connection of the pool, 8 s for an answer and 1 s for the attempt to cancel. So a call ends after
    /// about ten seconds, whatever the server does.</item>
    /// <item>20 connections at most: a server accepts 100 by default, and a few nodes share it. Commits that wait for the disk at the same
    /// time share its flushes.</item>
    /// <item>Statements are prepared automatically: they come from a few dozen texts, so each is parsed once per connection.</item>
    /// <item>TCP keepalive is on, because routers forget idle connections without telling either end.</item>
    /// </list>
    /// </summary>
    private const string Defaults =
        "Timeout=5;Command Timeout=8;Cancellation Timeout=1000;Maximum Pool Size=20;Max Auto Prepare=40;Auto Prepare Min Usages=2;"
        + "Tcp Keepalive=true;Tcp Keepalive Time=10;Tcp Keepalive Interval=2;Application Name=facegrid;";

    /// <summary>
    /// Tells the planner that all our statements follow a primary key. Without it, the planner may believe that a range holds a few hundred
    /// rows and sort them, where statistics are missing or a prepared statement is planned for any range. Then every batch of a range read
    /// sorts all that is left of the range. The few members of a cluster are still scanned, at a cost that the planner believes to be
    /// enormous; so <c>jit</c> is off, or it would compile each such statement first.
    /// </summary>
    private const string Planner = "-c enable_seqscan=off -c enable_bitmapscan=off -c enable_sort=off -c jit=off";

    /// <summary>Reads the operator's connection string.</summary>
    /// <exception cref="StorageException">The connection string cannot be read, or names no host.</exception>
    public static NpgsqlConnectionStringBuilder Read(string connectionString)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(Defaults + connectionString);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or KeyNotFoundException)
        {
            throw Refuse("cannot be read"); // The driver's message is left out: it may show part of a password that has a semicolon.
        }

        if (string.IsNullOrEmpty(settings.Host))
        {
            throw Refuse("names no host");
        }

        settings.Options = settings.Options is { Length: > 0 } options ? $"{Planner} {options}" : Planner;
        return settings;
    }

    private static StorageException Refuse(string what) => new(
        StorageReason.Unavailable,
        $"The connection string of PostgreSQL {what}: write it like "
            + "\"Host=db.example;Port=5432;Database=facegrid;Username=facegrid;Password=...\", "
            + "with quotes around values that hold ; = or quotes.");
}
