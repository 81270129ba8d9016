namespace FaceGrid.Storage.Postgres;

/// <summary>
/// The statements that the Orleans ADO.NET providers (10.4) read from <c>OrleansQuery</c>. The providers define keys, parameters and names
/// of columns. Each entry is one statement and so atomic by itself.
/// </summary>
internal static class PostgresQueries
{
    private const string OneRow = "StateName = @GrainTypeString AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1 "
        + "AND GrainKey = coalesce(@GrainIdExtensionString, '')";

    /// <summary>
    /// True unless the node that owns the connection has been declared dead. Such a node may be frozen, or its statement stuck in the
    /// network, for any time between its decision to write and the write. Meanwhile others have taken over its grains, and versions alone
    /// do not tell its old row from one that was deleted and made again.
    /// </summary>
    public const string NotDead = "NOT EXISTS (SELECT FROM ClusterMember AS d WHERE d.Status = 6 " // SiloStatus.Dead
        + "AND current_setting('application_name') = 'fg ' || d.Address || ':' || d.Port || '@' || d.Generation)";

    private const string OneMember = "DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation";

    private const string Members = """
        SELECT v.DeploymentId, m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort, m.SuspectTimes,
            m.StartTime, m.IAmAliveTime, v.Version
        FROM ClusterVersion AS v LEFT JOIN ClusterMember AS m ON m.DeploymentId = v.DeploymentId
        """;

    private const string Reminders = "SELECT GrainId, ReminderName, StartTime, Period, Version FROM Reminder";

    /// <summary>Query key and text.</summary>
    public static IReadOnlyList<(string Key, string Text)> All { get; } =
    [
        ("ReadFromStorageKey", $"SELECT Payload AS PayloadBinary, Version FROM GrainRow WHERE {OneRow}"),

        // A conflict of versions returns no row, which the provider turns into InconsistentStateException. A first write never replaces a
        // row and a later one never creates one; otherwise it would undo a delete at the same time. Of two first writes the second waits
        // for the first and then does nothing.
        ("WriteToStorageKey", $"""
            WITH Changed AS (
                UPDATE GrainRow SET Payload = @PayloadBinary, Version = Version + 1
                WHERE {OneRow} AND Version = @GrainStateVersion::int AND {NotDead} RETURNING Version),
            Added AS (
                INSERT INTO GrainRow (StateName, GrainIdN0, GrainIdN1, GrainKey, Version, Payload)
                SELECT @GrainTypeString, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString, ''), 1, @PayloadBinary
                WHERE @GrainStateVersion::int IS NULL AND {NotDead}
                ON CONFLICT DO NOTHING RETURNING Version)
            SELECT Version AS NewGrainStateVersion FROM Changed UNION ALL SELECT Version FROM Added
            """),
        ("ClearStorageKey", $"""
            UPDATE GrainRow SET Payload = NULL, Version = Version + 1 WHERE {OneRow} AND Version = @GrainStateVersion::int AND {NotDead}
            RETURNING Version AS NewGrainStateVersion
            """),
        ("DeleteStorageKey",
            $"DELETE FROM GrainRow WHERE {OneRow} AND Version = @GrainStateVersion::int AND {NotDead} "
                + "RETURNING Version + 1 AS NewGrainStateVersion"),

        // Membership: every change of a member raises the version of its cluster by one, and is made only from the version that the silo
        // has read.
        ("InsertMembershipVersionKey", """
            WITH Added AS (INSERT INTO ClusterVersion (DeploymentId, Version) VALUES (@DeploymentId, 0) ON CONFLICT DO NOTHING RETURNING 1)
            SELECT EXISTS (SELECT FROM Added)
            """),
        ("InsertMembershipKey", $"""
            WITH Counted AS (
                UPDATE ClusterVersion SET Version = Version + 1 WHERE DeploymentId = @DeploymentId AND Version = @Version
                AND NOT EXISTS (SELECT FROM ClusterMember WHERE {OneMember}) RETURNING 1),
            Added AS (
                INSERT INTO ClusterMember (
                    DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
                SELECT
                    @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
                FROM Counted RETURNING 1)
            SELECT EXISTS (SELECT FROM Added)
            """),
        ("UpdateMembershipKey", $"""
            WITH Counted AS (
                UPDATE ClusterVersion SET Version = Version + 1 WHERE DeploymentId = @DeploymentId AND Version = @Version
                AND EXISTS (SELECT FROM ClusterMember WHERE {OneMember}) RETURNING 1),
            Changed AS (
                UPDATE ClusterMember SET Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime
                WHERE {OneMember} AND EXISTS (SELECT FROM Counted) RETURNING 1)
            SELECT EXISTS (SELECT FROM Changed)
            """),
        ("UpdateIAmAlivetimeKey", $"UPDATE ClusterMember SET IAmAliveTime = @IAmAliveTime WHERE {OneMember}"),
        ("MembershipReadAllKey", $"{Members} WHERE v.DeploymentId = @DeploymentId"),
        ("MembershipReadRowKey",
            $"{Members} AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation WHERE v.DeploymentId = @DeploymentId"),
        ("GatewaysQueryKey",
            "SELECT Address, ProxyPort, Generation FROM ClusterMember "
                + "WHERE DeploymentId = @DeploymentId AND Status = @Status AND ProxyPort > 0"),
        // NotDead needs the rows of dead silos (SiloStatus.Dead), so a node whose clock is ahead must not delete them early.
        ("CleanupDefunctSiloEntriesKey",
            "DELETE FROM ClusterMember WHERE DeploymentId = @DeploymentId "
                + "AND IAmAliveTime < LEAST(@IAmAliveTime, now() - interval '1 day') AND Status = 6"),
        ("DeleteMembershipTableEntriesKey", """
            WITH Members AS (DELETE FROM ClusterMember WHERE DeploymentId = @DeploymentId)
            DELETE FROM ClusterVersion WHERE DeploymentId = @DeploymentId
            """),

        // Reminders: the ring of hashes is a signed int here, so a range either ends after its beginning or wraps around.
        ("UpsertReminderRowKey", """
            INSERT INTO Reminder (GrainId, ReminderName, GrainHash, StartTime, Period, Version)
            VALUES (@GrainId, @ReminderName, @GrainHash, @StartTime, @Period, 0)
            ON CONFLICT (GrainId, ReminderName)
            DO UPDATE SET GrainHash = excluded.GrainHash, StartTime = excluded.StartTime, Period = excluded.Period,
                Version = Reminder.Version + 1
            RETURNING Version
            """),
        ("ReadReminderRowKey", $"{Reminders} WHERE GrainId = @GrainId AND ReminderName = @ReminderName"),
        ("ReadReminderRowsKey", $"{Reminders} WHERE GrainId = @GrainId"),
        ("ReadRangeRows1Key", $"{Reminders} WHERE GrainHash > @BeginHash AND GrainHash <= @EndHash"),
        ("ReadRangeRows2Key", $"{Reminders} WHERE GrainHash > @BeginHash OR GrainHash <= @EndHash"),
        ("DeleteReminderRowKey", """
            WITH Gone AS (DELETE FROM Reminder WHERE GrainId = @GrainId AND ReminderName = @ReminderName AND Version = @Version RETURNING 1)
            SELECT EXISTS (SELECT FROM Gone)
            """),
        ("DeleteReminderRowsKey", "DELETE FROM Reminder")
    ];
}
