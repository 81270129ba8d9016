using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using System.Text.Json;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Operations;

/// <summary>Goal: <c>deploy/local/cluster</c> makes a cluster that serves, survives the loss of a node, and goes without a trace. Method: the script itself, with a real PostgreSQL and five real processes.</summary>
[SupportedOSPlatform("linux")]
public sealed class LocalClusterTests
{
    private static readonly string[] Parts = ["postgres", "node1", "node2", "node3", "gateway"];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(240);

    [Fact]
    public async Task Up_serves_also_without_one_node_and_down_leaves_nothing()
    {
        Require();
        using var directory = new TemporaryDirectory();
        string state = directory.Path + "-cluster"; // Beside, not inside: PostgreSQL's user may not pass through.
        int port = FreeRange();
        try
        {
            (int code, string said) = await RunAsync(state, port, "up");
            code.ShouldBe(0, said);
            said.ShouldContain($"http://127.0.0.1:{port}/v1/galleries/default");
            File.GetUnixFileMode(Path.Combine(state, "pgpass")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            int[] processes = Processes(state);
            processes.ShouldAllBe(process => Runs(process));

            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromSeconds(60) };
            float[] embedding = [.. Enumerable.Range(0, 128).Select(static index => MathF.Sin(index))];
            var contract = new { contract = new { id = "test@1", dimension = 128 } };
            using (HttpResponseMessage bound = await http.PutAsJsonAsync("v1/galleries/default", contract, TestContext.Current.CancellationToken))
            {
                bound.StatusCode.ShouldBe(HttpStatusCode.OK);
            }

            var people = new { people = new[] { new { id = "ada", faces = new[] { new { embedding } } } } };
            using (HttpResponseMessage enrolled = await http.PostAsJsonAsync("v1/galleries/default/people", people, TestContext.Current.CancellationToken))
            {
                string body = await enrolled.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                enrolled.StatusCode.ShouldBe(HttpStatusCode.OK, body);
            }

            await Eventually.AssertAsync(async () => (await NearestAsync(http, embedding)).ShouldBe("ada"));

            // Again changes nothing; after a crash it starts what is missing and nothing else.
            (await RunAsync(state, port, "up")).ExitCode.ShouldBe(0);
            Processes(state).ShouldBe(processes);
            using (Process second = Process.GetProcessById(processes[2]))
            {
                second.Kill();
                await second.WaitForExitAsync(TestContext.Current.CancellationToken);
            }

            await Eventually.AssertAsync(async () => (await NearestAsync(http, embedding)).ShouldBe("ada"));
            (await RunAsync(state, port, "status")).ShouldSatisfyAllConditions(
                status => status.ExitCode.ShouldBe(1, status.Said), status => status.Said.ShouldContain("node2: not running"));
            (code, said) = await RunAsync(state, port, "up");
            code.ShouldBe(0, said);
            int[] repaired = Processes(state);
            repaired.Where((process, index) => process != processes[index]).ShouldBe([repaired[2]]);
            await Eventually.AssertAsync(async () => (await NearestAsync(http, embedding)).ShouldBe("ada"));
            (await RunAsync(state, port, "status")).ExitCode.ShouldBe(0);

            (code, said) = await RunAsync(state, port, "down");
            code.ShouldBe(0, said);
            said.ShouldNotContain("is killed");
            Directory.Exists(state).ShouldBeFalse();
            processes.Concat(repaired).Where(Runs).ShouldBeEmpty();
            (await RunAsync(state, port, "down")).ExitCode.ShouldBe(0);
        }
        finally
        {
            await RunAsync(state, port, "down");
        }
    }

    [Fact]
    public async Task A_taken_port_is_refused_and_nothing_is_made()
    {
        Require();
        using var directory = new TemporaryDirectory();
        string state = Path.Combine(directory.Path, "cluster");
        using var listener = new TcpListener(IPAddress.Loopback, FreeRange());
        listener.Start();
        int taken = ((IPEndPoint)listener.LocalEndpoint).Port;
        (int code, string said) = await RunAsync(state, taken, "up");
        code.ShouldBe(1, said);
        said.ShouldContain($"port {taken}, for gateway, is taken");
        Directory.Exists(state).ShouldBeFalse();
    }

    [Fact]
    public async Task A_directory_of_somebody_else_is_left_alone()
    {
        Require();
        using var directory = new TemporaryDirectory();
        string treasure = Path.Combine(directory.Path, "treasure");
        await File.WriteAllTextAsync(treasure, "", TestContext.Current.CancellationToken);
        foreach (string command in new[] { "up", "down" })
        {
            (int code, string said) = await RunAsync(directory.Path, FreeRange(), command);
            code.ShouldBe(1, said);
            said.ShouldContain("is not a cluster of yours");
        }

        File.Exists(treasure).ShouldBeTrue();
    }

    private static void Require()
    {
        PostgresServer.Require();
        if (!OperatingSystem.IsLinux())
        {
            TestData.Skip("deploy/local/cluster is for Linux");
        }
    }

    private static async Task<string?> NearestAsync(HttpClient http, float[] embedding)
    {
        using HttpResponseMessage response = await http.PostAsJsonAsync("v1/galleries/default/identify", new { embeddings = new[] { embedding } });
        if (!response.IsSuccessStatusCode)
        {
            return null;
        }

        JsonElement answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        answer.GetProperty("complete").GetBoolean().ShouldBeTrue();
        return answer.GetProperty("faces")[0].GetProperty("candidates")[0].GetProperty("person").GetString();
    }

    /// <summary>False also for one that has ended and whose parent, the first process of the machine, has not yet taken note.</summary>
    private static bool Runs(int process)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static int[] Processes(string state) =>
        [.. Parts.Select(part => int.Parse(File.ReadAllText(Path.Combine(state, part + ".process")).Split(' ')[0], CultureInfo.InvariantCulture))];

    /// <summary>The first of five ports in a row that nobody listens on at this moment.</summary>
    private static int FreeRange()
    {
        while (true)
        {
            int first = NodeProcess.FreePort();
            if (first <= 65_531 && Enumerable.Range(first + 1, 4).All(IsFree))
            {
                return first;
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<(int ExitCode, string Said)> RunAsync(string state, int port, string command, [CallerFilePath] string here = "")
    {
        string script = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "deploy", "local", "cluster"));
        var start = new ProcessStartInfo("bash", [script, command]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["FACEGRID_LOCAL_DIRECTORY"] = state;
        start.Environment["FACEGRID_LOCAL_PORT"] = port.ToString(CultureInfo.InvariantCulture);
        start.Environment["FACEGRID_LOCAL_PROGRAMS"] = AppContext.BaseDirectory;
        start.Environment["FACEGRID_MODELS"] = ""; // The built-in models run.
        using Process process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
            string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, output + await errors);
        }
        catch (OperationCanceledException late)
        {
            process.Kill();
            throw new TimeoutException($"'{command}' took more than {Limit}.", late);
        }
    }
}
