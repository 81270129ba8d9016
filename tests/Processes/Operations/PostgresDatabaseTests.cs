using System.Data.Common;
using FaceGrid.Storage;
using FaceGrid.Storage.Postgres;
using FaceGrid.Tests.Support;
using FaceGrid.Tests.Support.Storage;
using Shouldly;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedPostgres))]

namespace FaceGrid.Tests.Operations;

/// <summary>What only PostgreSQL does, and <see cref="GridDatabaseTests"/> on it. Method: a real server, and a database of its own per test.</summary>
public sealed class PostgresDatabaseTests(SharedPostgres postgres) : GridDatabaseTests
{
    private string? target;

    protected override async Task<IGridDatabase> OpenGridAsync() => await OpenAsync();

    private async Task<PostgresDatabase> OpenAsync() => await PostgresDatabase.OpenAsync(await TargetAsync(), TimeSpan.Zero, Ct);

    private async Task<string> TargetAsync() => target ??= await (await postgres.ServerAsync()).CreateDatabaseAsync();

    [Fact]
    public async Task OpenAsync_ManyNodesAtOnceOnAnEmptyDatabase_AllWork()
    {
        string connectionString = await TargetAsync();
        PostgresDatabase[] nodes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => PostgresDatabase.OpenAsync(connectionString, TimeSpan.Zero, Ct))));
        int?[] writes = await Task.WhenAll(nodes.Select(async (node, i) => await (await GrainQueries.OpenAsync(node)).WriteAsync("person", "g/one", null, [(byte)i])));
        writes.Count(version => version == 1).ShouldBe(1);
        (await nodes[0].CountAsync("person", "", "~", Ct)).ShouldBe(1);
        foreach (PostgresDatabase node in nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task ActFor_ANodeThatWasDeclaredDead_ChangesNoRowAnyMore()
    {
        await using PostgresDatabase node = await OpenAsync(), other = await OpenAsync();
        node.ActFor("127.0.0.1", 11111, 7);
        other.ActFor("127.0.0.1", 11112, 8);
        GrainQueries late = await GrainQueries.OpenAsync(node), living = await GrainQueries.OpenAsync(other);
        (await late.WriteAsync("person", "g/one", null, [1])).ShouldBe(1);

        await DeclareDeadAsync(other, "127.0.0.1", 11111, 7);

        (await late.WriteAsync("person", "g/two", null, [2])).ShouldBeNull();
        (await late.WriteAsync("person", "g/one", 1, [2])).ShouldBeNull();
        (await late.ClearAsync("person", "g/one", 1)).ShouldBeNull();
        (await late.DeleteAsync("person", "g/one", 1)).ShouldBeNull();
        (await node.DeleteRangeAsync("person", "g/", "g0", Ct)).ShouldBe(0);
        (await late.ReadAsync("person", "g/one"))!.Value.Payload.ShouldBe([1]);
        (await living.WriteAsync("person", "g/one", 1, [3])).ShouldBe(2);
        (await other.DeleteRangeAsync("person", "g/", "g0", Ct)).ShouldBe(1);
    }

    private static async Task DeclareDeadAsync(PostgresDatabase database, string address, int port, int generation)
    {
        await using DbCommand command = database.DataSource.CreateCommand($"""
            INSERT INTO ClusterVersion (DeploymentId, Version) VALUES ('facegrid', 1);
            INSERT INTO ClusterMember (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, StartTime, IAmAliveTime)
            VALUES ('facegrid', '{address}', {port}, {generation}, 'a', 'a', 6, now(), now())
            """);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
