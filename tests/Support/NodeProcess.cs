using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace FaceGrid.Tests.Support;

/// <summary>A real node in a process of its own, on free loopback ports. The project that uses it references the node, so that its files lie beside the tests.</summary>
public sealed class NodeProcess : IAsyncDisposable
{
    private const string Silo = "FaceGrid.Silo.dll";

    /// <summary>Seconds on a machine with nothing else to do; one that compiles besides has been seen to take 90 s for the first line of output.</summary>
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromMinutes(4);

    private const int PortMin = 12_000, PortCount = 20_000, PortStep = 8;

    // Several test programs run at once; each begins somewhere else.
    private static int _lastPort = Environment.ProcessId * 1_009;

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private NodeProcess(Process process, Uri address)
    {
        _process = process;
        Http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>Talks to the node.</summary>
    public HttpClient Http { get; }

    /// <summary>The process, for its id and its memory.</summary>
    public Process Process => _process;

    /// <summary>What the node has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts a node and waits until it is ready.</summary>
    /// <param name="directory">Data directory.</param>
    /// <param name="settings">Further settings.</param>
    public static Task<NodeProcess> StartAsync(string directory, params (string Key, string Value)[] settings) => StartAsync([], directory, settings);

    /// <summary>Does the same inside another command.</summary>
    /// <param name="inside">A program with arguments that ends by becoming what follows it, for example <c>unshare</c>.</param>
    /// <param name="directory">Data directory.</param>
    /// <param name="settings">Further settings.</param>
    public static Task<NodeProcess> StartAsync(string[] inside, string directory, params (string Key, string Value)[] settings) => ReadyAsync(Launch(inside, Silo, FreePort(), directory, settings));

    /// <summary>Starts a node as a user does, by a command in a working directory, and waits until it is ready.</summary>
    /// <param name="workingDirectory">Where the user stands.</param>
    /// <param name="command">Program and arguments.</param>
    /// <param name="settings">Its settings; the data directory is the node's default, unless they name one.</param>
    public static Task<NodeProcess> StartByAsync(string workingDirectory, string[] command, params (string Key, string Value)[] settings) =>
        ReadyAsync(Launch(command, isNode: true, FreePort(), workingDirectory, settings));

    /// <summary>The command that starts the node that lies beside the tests.</summary>
    public static string[] Command { get; } = ["dotnet", Path.Combine(AppContext.BaseDirectory, Silo)];

    /// <summary>Starts a gateway on its own, and waits until it is ready.</summary>
    /// <param name="port">Where it listens, on loopback.</param>
    /// <param name="settings">Where its nodes are, and more.</param>
    public static Task<NodeProcess> StartGatewayAsync(int port, params (string Key, string Value)[] settings) => ReadyAsync(Launch([], "FaceGrid.Gateway.dll", port, directory: "", settings));

    /// <summary>Starts a node that was published into a folder of its own, and waits until it is ready.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="directory">Data directory.</param>
    /// <param name="settings">Further settings.</param>
    public static Task<NodeProcess> StartPublishedAsync(string folder, string directory, params (string Key, string Value)[] settings) =>
        ReadyAsync(Launch([], Path.Combine(folder, Silo), FreePort(), directory, settings));

    /// <summary>Starts a node that was published into a folder of its own and is expected to refuse.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="directory">Data directory.</param>
    /// <param name="settings">Further settings.</param>
    /// <returns>Exit code and everything it said.</returns>
    public static Task<(int ExitCode, string Output)> StartPublishedRefusedAsync(
        string folder, string directory, params (string Key, string Value)[] settings) =>
        RefusedAsync(Launch([], Path.Combine(folder, Silo), FreePort(), directory, settings));

    /// <summary>Starts a node that is expected to refuse.</summary>
    /// <param name="directory">Data directory.</param>
    /// <param name="settings">Further settings.</param>
    /// <returns>Exit code and everything it said.</returns>
    public static Task<(int ExitCode, string Output)> StartRefusedAsync(string directory, params (string Key, string Value)[] settings) => StartRefusedAsync([], directory, settings);

    /// <summary>Does the same inside another command.</summary>
    /// <param name="inside">A program with arguments that ends by becoming what follows it.</param>
    /// <param name="directory">Data directory.</param>
    /// <param name="settings">Further settings.</param>
    public static Task<(int ExitCode, string Output)> StartRefusedAsync(
        string[] inside, string directory, params (string Key, string Value)[] settings) =>
        RefusedAsync(Launch(inside, Silo, FreePort(), directory, settings));

    /// <summary>
    /// A port that nobody listens on, and that this process has not handed out before: two nodes that start at the same moment must not get the same one, or the requests of one test go to the node of another. Below the range that
    /// systems take ports of outgoing connections from. The seven ports after it are not handed out either: a cluster on one machine takes some.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            int port = PortMin + (int)((uint)Interlocked.Add(ref _lastPort, PortStep) % PortCount);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }
    }

    /// <summary>Ends the process as a power cut would, without a chance to tidy up.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks the process to end, as an operator does, and waits until it has let go of everything.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        Signals.Send(_process.Id, Signals.Terminate);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>Freezes the process: connections stay, nothing answers. As on a machine that hangs.</summary>
    public void Freeze() => Signals.Send(_process.Id, Signals.Stop);

    /// <summary>Lets a frozen process go on.</summary>
    public void Thaw() => Signals.Send(_process.Id, Signals.Continue);

    /// <summary>Calls the API and reads JSON.</summary>
    /// <param name="method">HTTP method.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="json">The body, or null for none.</param>
    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, object? json = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = json is null ? null : JsonContent.Create(json) };
        using HttpResponseMessage response = await Http.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static async Task<NodeProcess> ReadyAsync(NodeProcess node)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (node._process.HasExited)
            {
                await node._process.WaitForExitAsync(); // Until what it said last has been read, too.
                throw new InvalidOperationException($"The node exited with {node._process.ExitCode}: {node.Output}");
            }

            if (Stopwatch.GetElapsedTime(start) > ReadyWithin)
            {
                throw new TimeoutException($"The node was not ready after {ReadyWithin.TotalSeconds:0} s: {node.Output}");
            }

            try
            {
                using HttpResponseMessage ready = await node.Http.GetAsync("/health/ready");
                if (ready.IsSuccessStatusCode)
                {
                    return node;
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
            {
                // Not listening yet, or too busy to answer.
            }

            await Task.Delay(50);
        }
    }

    private static async Task<(int ExitCode, string Output)> RefusedAsync(NodeProcess node)
    {
        await using (node)
        {
            using var limit = new CancellationTokenSource(ReadyWithin);
            await node._process.WaitForExitAsync(limit.Token);
            return (node._process.ExitCode, node.Output);
        }
    }

    private static NodeProcess Launch(string[] inside, string program, int port, string directory, (string Key, string Value)[] settings)
    {
        string[] command = [.. inside, "dotnet", Path.Combine(AppContext.BaseDirectory, program)];
        bool isNode = Path.GetFileName(program) == Silo;
        return Launch(command, isNode, port, AppContext.BaseDirectory, [("FaceGrid__DataDirectory", directory), .. settings]);
    }

    private static NodeProcess Launch(string[] command, bool isNode, int port, string workingDirectory, (string Key, string Value)[] settings)
    {
        command = ChildProcess.Command(command);
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory,
        };
        start.Environment["FaceGrid__SiloPort"] = "0";
        start.Environment["FaceGrid__ClientPort"] = "0";
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
        if (isNode && !settings.Any(static setting => setting.Key == "FaceGrid__Database"))
        {
            // A node alone has nobody to wait for in vain. Where the machine is busy it is late, and tests are not about how late.
            start.Environment["FaceGrid__Grid__ApplyDeadline"] = start.Environment["FaceGrid__Grid__SearchDeadline"] = "00:00:45";
            start.Environment["FaceGrid__Gateway__Deadline"] = "00:00:50"; // Before the client's own, so that an answer says what was slow.
        }

        foreach ((string key, string value) in settings)
        {
            start.Environment[key] = value;
        }

        var process = new Process { StartInfo = start };
        var node = new NodeProcess(process, new Uri($"http://127.0.0.1:{port}"));
        process.OutputDataReceived += (_, line) => node.Keep(line.Data);
        process.ErrorDataReceived += (_, line) => node.Keep(line.Data);
        ChildProcess.Start(process);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return node;
    }

    private void Keep(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
