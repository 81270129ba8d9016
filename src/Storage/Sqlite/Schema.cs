using System.Globalization;
using FaceGrid.Storage.Sightings;
using Microsoft.Data.Sqlite;

namespace FaceGrid.Storage.Sqlite;

/// <summary>
/// The tables of the database, and the statements that the Orleans ADO.NET provider reads from <c>OrleansQuery</c>. One directory holds one
/// service, so the service id is not part of the key. The key starts with the state name and ends with the grain key, so the people of a
/// shard (a range of grain keys) lie side by side. GrainIdN0 and GrainIdN1 are zero for text keys, and FaceGrid uses no others. They stay
/// in the key so that grains with integer or guid keys never collide.
/// </summary>
internal static class Schema
{
    /// <summary>The schema's number, stored in <c>user_version</c>. A higher number in the file is refused.</summary>
    public const int Version = 3;

    /// <summary>
    /// Bytes per page, fixed when the file is created. A WITHOUT ROWID table keeps up to a quarter of a page of each row in place (8 186 of
    /// 32 768 bytes). That holds every person row with up to three 512-wide templates, so that a shard really is one sequential scan.
    /// Measured with 30 000 rows of 0.7, 2.2 and 6.4 KB (2 cores, warm): 32 KiB pages scan 937, 589 and 393 thousand rows/s and store 1.2
    /// times the payload; 16 KiB pages 809, 708, 210 and up to 2.9 times; 4 KiB pages 688, 341, 180; a rowid table with a key index and 8
    /// KiB pages 193, 254, 283 in random order of pages. Single writes: 3.8, 2.3, 2.5 thousand/s against 3.1, 1.2, 4.3.
    /// </summary>
    public const int PageBytes = 32768;

    private const string OneRow = "StateName = @GrainTypeString AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1 "
        + "AND GrainKey = ifnull(@GrainIdExtensionString, '')";

    private const string Tables = """
        CREATE TABLE IF NOT EXISTS OrleansQuery (QueryKey TEXT NOT NULL PRIMARY KEY, QueryText TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS GrainRow (
            StateName TEXT NOT NULL,
            GrainIdN0 INTEGER NOT NULL,
            GrainIdN1 INTEGER NOT NULL,
            GrainKey TEXT NOT NULL,
            Version INTEGER NOT NULL,
            Payload BLOB NULL,
            PRIMARY KEY (StateName, GrainIdN0, GrainIdN1, GrainKey)) WITHOUT ROWID;
        """;

    /// <summary>
    /// Query key and text. A conflict of versions returns no row, which the provider turns into InconsistentStateException.
    /// </summary>
    private static readonly (string Key, string Text)[] Queries =
    [
        ("ReadFromStorageKey", $"SELECT Payload AS PayloadBinary, Version FROM GrainRow WHERE {OneRow}"),
        ("WriteToStorageKey", $"""
            INSERT INTO GrainRow (StateName, GrainIdN0, GrainIdN1, GrainKey, Version, Payload)
            SELECT @GrainTypeString, @GrainIdN0, @GrainIdN1, ifnull(@GrainIdExtensionString, ''), 1, @PayloadBinary
            WHERE @GrainStateVersion IS NULL OR EXISTS (SELECT 1 FROM GrainRow WHERE {OneRow} AND Version = @GrainStateVersion)
            ON CONFLICT (StateName, GrainIdN0, GrainIdN1, GrainKey)
            DO UPDATE SET Payload = excluded.Payload, Version = Version + 1 WHERE Version = @GrainStateVersion
            RETURNING Version AS NewGrainStateVersion
            """),
        ("ClearStorageKey", $"""
            UPDATE GrainRow SET Payload = NULL, Version = Version + 1 WHERE {OneRow} AND Version = @GrainStateVersion
            RETURNING Version AS NewGrainStateVersion
            """),
        ("DeleteStorageKey",
            $"DELETE FROM GrainRow WHERE {OneRow} AND Version = @GrainStateVersion RETURNING Version + 1 AS NewGrainStateVersion")
    ];

    /// <summary>
    /// Creates or upgrades the tables in one transaction and stores this build's statements. It always writes, and so proves that the disk
    /// accepts writes, too.
    /// </summary>
    public static void Ensure(Session session, string path)
    {
        session.Execute("BEGIN IMMEDIATE");
        try
        {
            int found = Convert.ToInt32(session.Scalar("PRAGMA user_version"), CultureInfo.InvariantCulture);
            if (found > Version)
            {
                throw new StorageException(
                    StorageReason.NewerSchema,
                    $"The database {path} has schema {found}, this release knows {Version}: start the newer release, "
                        + "or restore a backup made before the upgrade.");
            }

            if (Convert.ToInt32(session.Scalar("PRAGMA page_size"), CultureInfo.InvariantCulture) != PageBytes
                || Convert.ToInt32(session.Scalar("PRAGMA auto_vacuum"), CultureInfo.InvariantCulture) != 0)
            {
                throw new StorageException(
                    StorageReason.Damaged,
                    $"The database {path} was not made by this program (pages are not {PageBytes} bytes, or auto_vacuum is on): "
                        + "use another directory, or restore a backup.");
            }

            session.Execute(Tables);
            session.Execute(SightingTables.Schema("BLOB", "TEXT", " WITHOUT ROWID"));
            foreach ((string key, string text) in Queries)
            {
                session.Query("INSERT OR REPLACE INTO OrleansQuery (QueryKey, QueryText) VALUES (@key, @text)",
                    [new SqliteParameter("@key", key), new SqliteParameter("@text", text)]);
            }

            session.Execute($"PRAGMA user_version = {Version}");
            session.Execute("COMMIT");
        }
        catch
        {
            session.TryRollback();
            throw;
        }
    }
}
