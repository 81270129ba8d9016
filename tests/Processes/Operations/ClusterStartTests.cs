using System.Net;
using System.Text.Json;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Operations;

/// <summary>Goal: a node joins a cluster that it fits into, or does not start and says what to do. Method: real processes and a real PostgreSQL.</summary>
public sealed class ClusterStartTests
{
    private const string Password = "the right one";

    [Fact]
    public async Task A_wrong_password_is_refused_and_not_repeated()
    {
        PostgresServer.Require();
        await using PostgresServer server = await PostgresServer.CreateAsync(Password);
        using var directory = new TemporaryDirectory();
        (int exit, string said) = await NodeProcess.StartRefusedAsync(
            directory.Path, [.. VectorsOnly("a"), ("FaceGrid__Database", $"Host=127.0.0.1;Port={server.Port};Database=postgres;Username={PostgresServer.User};Password=wrong-secret")]);
        exit.ShouldBe(2, said);
        said.ShouldContain("password");
        said.ShouldNotContain("wrong-secret");
    }

    [Fact]
    public async Task A_database_that_does_not_come_ends_the_node_for_somebody_to_start_it_again()
    {
        using var directory = new TemporaryDirectory();
        int port = NodeProcess.FreePort();
        (int exit, string said) = await NodeProcess.StartRefusedAsync(directory.Path, [.. VectorsOnly("a"), ("FaceGrid__Database", $"Host=127.0.0.1;Port={port};Database=facegrid;Username=facegrid"), ("FaceGrid__DatabaseWait", "00:00:10")]);
        exit.ShouldBe(1, said);
        said.ShouldContain("FaceGrid waits for its database");
        said.ShouldContain($"FaceGrid cannot start: PostgreSQL database facegrid at 127.0.0.1:{port}");
    }

    /// <summary>First nobody listens, then the server takes longer over a connection than any statement of a node in service may take, and then all is well.</summary>
    [Fact]
    public async Task A_database_that_comes_late_and_is_slow_is_waited_for()
    {
        await using PostgresServer server = await ServerAsync();
        using var directory = new TemporaryDirectory();
        string database = await server.CreateDatabaseAsync();
        await using var link = new NodeLink(server.Port);
        link.Cut();
        Task<NodeProcess> starting = NodeProcess.StartAsync(directory.Path, [.. VectorsOnly("a"), ("FaceGrid__Database", database.Replace($"Port={server.Port}", $"Port={link.Port}", StringComparison.Ordinal))]);
        await UntilAsync(() => link.Accepted >= 2, "the node to try again");
        link.Slow(TimeSpan.FromSeconds(3));
        link.Join();
        await UntilAsync(() => link.Passed >= 4, "a connection, which is two questions and two answers");
        link.Mend();
        await using NodeProcess node = await starting;
        node.Output.ShouldContain("FaceGrid waits for its database");
        (await node.SendAsync(HttpMethod.Get, "/v1/galleries/default")).Status.ShouldBe(HttpStatusCode.OK);

        Task UntilAsync(Func<bool> condition, string what) => Eventually.AssertAsync(() =>
        {
            starting.IsFaulted.ShouldBeFalse(starting.Exception?.ToString());
            condition().ShouldBeTrue(what);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task A_second_node_of_the_same_name_is_refused()
    {
        await using PostgresServer server = await ServerAsync();
        using var directory = new TemporaryDirectory();
        (string, string) database = ("FaceGrid__Database", await server.CreateDatabaseAsync());
        await using NodeProcess first = await NodeProcess.StartAsync(directory.Path, [.. VectorsOnly("twin"), database]);
        (int exit, string said) = await NodeProcess.StartRefusedAsync(directory.Path, [.. VectorsOnly("twin"), database]);
        exit.ShouldBe(2, said);
        said.ShouldContain("'twin'");
        first.Process.HasExited.ShouldBeFalse(first.Output);
    }

    [Fact]
    public async Task Of_two_nodes_of_one_name_that_start_together_one_ends()
    {
        await using PostgresServer server = await ServerAsync();
        using var directory = new TemporaryDirectory();
        (string, string) database = ("FaceGrid__Database", await server.CreateDatabaseAsync());
        (NodeProcess? Node, string? Refusal)[] twins = await Task.WhenAll(StartOrEndAsync(), StartOrEndAsync());
        try
        {
            NodeProcess[] started = [.. twins.Select(twin => twin.Node).OfType<NodeProcess>()];
            started.ShouldNotBeEmpty();
            if (started.Length == 2)
            {
                await Eventually.AssertAsync(() =>
                {
                    started.Count(node => node.Process.HasExited).ShouldBe(1);
                    return Task.CompletedTask;
                });
                NodeProcess ended = started.Single(node => node.Process.HasExited);
                await ended.Process.WaitForExitAsync(TestContext.Current.CancellationToken); // Until what it said last has been read, too.
                ended.Process.ExitCode.ShouldBe(2, ended.Output);
                ended.Output.ShouldContain("'twin'");
            }

            twins.Select(twin => twin.Refusal).OfType<string>().ShouldAllBe(said => said.Contains("exited with 2") && said.Contains("'twin'"));
            (await started.Single(node => !node.Process.HasExited).SendAsync(HttpMethod.Get, "/health/ready")).Status.ShouldBe(HttpStatusCode.OK);
        }
        finally
        {
            foreach (NodeProcess node in twins.Select(twin => twin.Node).OfType<NodeProcess>())
            {
                await node.DisposeAsync();
            }
        }

        async Task<(NodeProcess?, string?)> StartOrEndAsync()
        {
            try
            {
                return (await NodeProcess.StartAsync(directory.Path, [.. VectorsOnly("twin"), database]), null);
            }
            catch (InvalidOperationException ended)
            {
                return (null, ended.Message);
            }
        }
    }

    [Fact]
    public async Task After_all_nodes_died_one_of_them_comes_back_at_another_address()
    {
        await using PostgresServer server = await ServerAsync();
        using var directory = new TemporaryDirectory();
        (string, string) database = ("FaceGrid__Database", await server.CreateDatabaseAsync());
        await using (NodeProcess first = await NodeProcess.StartAsync(directory.Path, [.. VectorsOnly("phoenix"), database]))
        {
            await first.KillAsync();
        }

        await using NodeProcess again = await NodeProcess.StartAsync(directory.Path, [.. VectorsOnly("phoenix"), database]);
    }

    [Fact]
    public async Task A_node_with_another_model_is_refused()
    {
        string models = TestData.Models;
        await using PostgresServer server = await ServerAsync();
        using var directory = new TemporaryDirectory();
        (string, string)[] both = [("FaceGrid__Database", await server.CreateDatabaseAsync()), ("FACEGRID_MODELS", models), ("FaceGrid__Vision__Offline", "true")];
        await using NodeProcess first = await NodeProcess.StartAsync(directory.Path, [.. both, ("FaceGrid__Name", "first")]);
        string other = Path.Combine(AppContext.BaseDirectory, "Profiles", "mobileface-v2-256.json");
        (int exit, string said) = await NodeProcess.StartRefusedAsync(directory.Path, [.. both, ("FaceGrid__Name", "second"), ("FaceGrid__Vision__Embedder", other)]);
        exit.ShouldBe(2, said);
        said.ShouldContain("one cluster has one model");
        said.ShouldContain("'first'");
        await using NodeProcess alike = await NodeProcess.StartAsync(directory.Path, [.. both, ("FaceGrid__Name", "third")]);
    }

    [Fact]
    public async Task People_are_listed_page_by_page()
    {
        await using PostgresServer server = await ServerAsync();
        using var directory = new TemporaryDirectory();
        await using NodeProcess node = await NodeProcess.StartAsync(directory.Path, [.. VectorsOnly("a"), ("FaceGrid__Database", await server.CreateDatabaseAsync())]);
        string[] people = ["a", "a-", "a:b", "b", "z"];
        foreach (string person in people)
        {
            (await node.SendAsync(HttpMethod.Put, $"/v1/galleries/default/people/{person}", new { name = person })).Status.ShouldBe(HttpStatusCode.Created);
        }

        var listed = new List<string>();
        for (string? after = ""; after is not null;)
        {
            (_, JsonElement page) = await node.SendAsync(HttpMethod.Get, "/v1/galleries/default/people?limit=2" + (after.Length == 0 ? "" : $"&after={Uri.EscapeDataString(after)}"));
            listed.AddRange(page.GetProperty("people").EnumerateArray().Select(person => person.GetProperty("id").GetString()!));
            after = page.TryGetProperty("next", out JsonElement next) ? next.GetString() : null;
        }

        listed.Order(StringComparer.Ordinal).ShouldBe(people.Order(StringComparer.Ordinal));
    }

    private static async Task<PostgresServer> ServerAsync()
    {
        PostgresServer.Require();
        return await PostgresServer.CreateAsync();
    }

    private static (string, string)[] VectorsOnly(string name) =>
        [("FaceGrid__Name", name), ("FaceGrid__Roles__0", "people"), ("FaceGrid__Roles__1", "shards"), ("FaceGrid__Roles__2", "gateway")];
}
