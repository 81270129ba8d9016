using FaceGrid.Storage;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedPostgres))]

namespace FaceGrid.Tests.Storage;

/// <summary>What only PostgreSQL does, and <see cref="GridDatabaseTests"/> on it. Method: a real server, and a database of its own per test.</summary>
public sealed class PostgresDatabaseTests(SharedPostgres postgres) : GridDatabaseTests
{
    private string? target;

    protected override async Task<IGridDatabase> OpenGridAsync() => await OpenAsync();

    private async Task<PostgresDatabase> OpenAsync() => await PostgresDatabase.OpenAsync(await TargetAsync(), Ct);

    private async Task<string> TargetAsync() => target ??= await (await postgres.ServerAsync()).CreateDatabaseAsync();

    [Fact]
    public async Task OpenAsync_ManyNodesAtOnceOnAnEmptyDatabase_AllWork()
    {
        string connectionString = await TargetAsync();
        PostgresDatabase[] nodes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => PostgresDatabase.OpenAsync(connectionString, Ct))));
        int?[] writes = await Task.WhenAll(nodes.Select(async (node, i) => await (await GrainQueries.OpenAsync(node)).WriteAsync("person", "g/one", null, [(byte)i])));
        writes.Count(version => version == 1).ShouldBe(1);
        (await nodes[0].CountAsync("person", "", "~", Ct)).ShouldBe(1);
        foreach (PostgresDatabase node in nodes)
        {
            await node.DisposeAsync();
        }
    }
}
