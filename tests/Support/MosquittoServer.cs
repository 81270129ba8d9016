using System.Diagnostics;
using System.Net.Sockets;

namespace FaceGrid.Tests.Support;

/// <summary>An MQTT broker of its own: Debian's mosquitto on a free loopback port, with its data in a temporary directory, which both end with this object. It remembers sessions and their messages when it is stopped.</summary>
public sealed class MosquittoServer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("facegrid-mosquitto-").FullName;
    private Process? _process;

    private MosquittoServer(string settings)
    {
        Port = NodeProcess.FreePort();
        File.WriteAllText(
            Path.Combine(_directory, "mosquitto.conf"),
            $"""
            listener {Port} 127.0.0.1
            {(Environment.UserName == "root" ? "user root" : "")}
            persistence true
            persistence_location {_directory}/
            {settings.Replace("{directory}", _directory, StringComparison.Ordinal)}

            """);
    }

    /// <summary>The port on 127.0.0.1; stays the same when the broker is started again.</summary>
    public int Port { get; }

    private static string? Program { get; } = ((string?[])
    [
        Environment.GetEnvironmentVariable("FACEGRID_MOSQUITTO"),
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(directory => Path.Combine(directory, "mosquitto")),
        "/usr/sbin/mosquitto",
    ]).FirstOrDefault(File.Exists);

    /// <summary>Starts a broker and waits until it takes connections; skips the running test where there is none.</summary>
    /// <param name="settings">Lines of its configuration file; <c>{directory}</c> stands for its directory.</param>
    public static async Task<MosquittoServer> CreateAsync(string settings = "allow_anonymous true")
    {
        if (Program is null)
        {
            TestData.Skip("install mosquitto (Debian: apt-get install mosquitto) or set FACEGRID_MOSQUITTO to its program to run this test");
        }

        var server = new MosquittoServer(settings);
        await server.StartAsync();
        return server;
    }

    /// <summary>Starts a stopped broker on the same port and data, and waits until it takes connections.</summary>
    public async Task StartAsync()
    {
        string[] command = ChildProcess.Command(Program!, "-c", Path.Combine(_directory, "mosquitto.conf"));
        _process?.Dispose();
        _process = new Process { StartInfo = new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false } };
        ChildProcess.Start(_process);
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", Port);
                return;
            }
            catch (SocketException) when (!_process.HasExited && Stopwatch.GetElapsedTime(began) < Limit)
            {
                await Task.Delay(50); // Not listening yet.
            }
        }
    }

    /// <summary>Has the broker write down its sessions and end, and waits for that.</summary>
    public async Task StopAsync()
    {
        if (_process is { HasExited: false } process)
        {
            using Process kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
            using var limit = new CancellationTokenSource(Limit);
            await process.WaitForExitAsync(limit.Token);
        }
    }

    /// <summary>Ends the broker and deletes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
