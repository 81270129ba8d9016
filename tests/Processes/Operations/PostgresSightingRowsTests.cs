using FaceGrid.Storage;
using FaceGrid.Storage.Sightings;
using FaceGrid.Storage.Postgres;
using FaceGrid.Tests.Support;
using FaceGrid.Tests.Support.Storage;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Operations;

/// <summary><see cref="SightingRowsTests"/> on PostgreSQL, and what only it does.</summary>
public sealed class PostgresSightingRowsTests(SharedPostgres postgres) : SightingRowsTests
{
    private string? target;

    protected override string Explain => "EXPLAIN";

    protected override async Task<IGridDatabase> OpenAsync() => await PostgresDatabase.OpenAsync(target ??= await (await postgres.ServerAsync()).CreateDatabaseAsync(), TimeSpan.Zero, Ct);

    protected override Task<IGridDatabase> OpenSecondAsync(IGridDatabase first) => OpenAsync();

    [Fact]
    public async Task The_clock_of_a_node_neither_dates_sightings_nor_ages_them()
    {
        await using IGridDatabase node = await OpenAsync();
        await node.Sightings.RecordAsync(Visit("v1", 1) with { RecordedAt = 0 }, null, null, Ct);
        DateTimeOffset.UnixEpoch.AddMicroseconds((await node.Sightings.ReadAsync("v1", Ct))!.RecordedAt).ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(5));
        RetentionTime found = await node.Sightings.AdvanceAsync(now: 4_000_000_000_000_000, upTo: long.MaxValue, Ct);
        DateTimeOffset.UnixEpoch.AddMicroseconds(found.Reached).ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task A_node_that_was_declared_dead_writes_and_erases_nothing_any_more()
    {
        await using var node = (PostgresDatabase)await OpenAsync();
        node.ActFor("127.0.0.1", 11111, 7);
        (await node.Sightings.RecordAsync(Visit("v1", 1, person: "ada"), null, null, Ct)).ShouldBe(SightingOutcome.Written);
        await using (Npgsql.NpgsqlConnection connection = new(target))
        {
            await connection.OpenAsync(Ct);
            await using var command = new Npgsql.NpgsqlCommand(
                """
                INSERT INTO ClusterVersion (DeploymentId, Version) VALUES ('facegrid', 1);
                INSERT INTO ClusterMember (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, StartTime, IAmAliveTime) VALUES ('facegrid', '127.0.0.1', 11111, 7, 's', 'h', 6, now(), now());
                """,
                connection);
            await command.ExecuteNonQueryAsync(Ct);
        }

        (await Should.ThrowAsync<StorageException>(node.Sightings.RecordAsync(Visit("v1", 2, person: "ada"), null, null, Ct))).Reason.ShouldBe(StorageReason.Locked);
        (await Should.ThrowAsync<StorageException>(node.Sightings.RecordAsync(Visit("v2", 1), null, null, Ct))).Reason.ShouldBe(StorageReason.Locked);
        // Nothing is erased; who was told that it is would go on without.
        (await Should.ThrowAsync<StorageException>(node.Sightings.ErasePeopleAsync("g", "ada", upTo: null, Ct))).Reason.ShouldBe(StorageReason.Locked);
        (await Should.ThrowAsync<StorageException>(node.Sightings.EraseAsync("v1", Ct))).Reason.ShouldBe(StorageReason.Locked);
        (await Should.ThrowAsync<StorageException>(node.Sightings.SweepAsync(long.MaxValue, Ct))).Reason.ShouldBe(StorageReason.Locked);
        (await node.Sightings.ReadEventsAsync(0, 10, Ct)).Events.Count.ShouldBe(1);
    }
}
