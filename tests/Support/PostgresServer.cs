using System.Diagnostics;
using System.Globalization;
using System.Text;
using Npgsql;

namespace FaceGrid.Tests.Support;

/// <summary>
/// A PostgreSQL server of its own: a process on a free loopback port with its data in a temporary directory, which both end with this object. Its disk flushes are real. The programs come
/// from <c>FACEGRID_POSTGRES_BIN</c>, from <c>PATH</c> or from where Debian puts them. Because PostgreSQL refuses to run as root, it then runs as <c>postgres</c> or <c>nobody</c>.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>The user of all connection strings: may do everything.</summary>
    public const string User = "facegrid";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _directory;
    private readonly string? _password;
    private readonly string[] _settings;
    private readonly StringBuilder _output = new();
    private Process? _process;

    private PostgresServer(string directory, string? password, string[] settings)
    {
        _directory = directory;
        _password = password;
        _settings = settings;
    }

    /// <summary>Whether the programs of a server are on this machine.</summary>
    public static bool IsAvailable => Programs is not null;

    /// <summary>The port on 127.0.0.1; stays the same when the server is started again.</summary>
    public int Port { get; private set; }

    /// <summary>What the server has logged so far.</summary>
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

    private static string? Programs { get; } = FindPrograms();

    private static string? RunAs { get; } = FindUser();

    /// <summary>Skips the running test where there is no PostgreSQL, or fails it where skipping is not allowed.</summary>
    public static void Require()
    {
        if (!IsAvailable)
        {
            TestData.Skip("install PostgreSQL (Debian: apt-get install postgresql) or set FACEGRID_POSTGRES_BIN to the directory of its programs to run this test");
        }
    }

    /// <summary>Makes a server and waits until it takes connections. Call <see cref="Require"/> before.</summary>
    /// <param name="password">The password of <see cref="User"/>; null lets everybody on this machine in.</param>
    /// <param name="settings">Settings of the server, for example <c>autovacuum_naptime=1s</c>.</param>
    public static async Task<PostgresServer> CreateAsync(string? password = null, params string[] settings)
    {
        string directory = Directory.CreateTempSubdirectory("facegrid-postgres-").FullName;
        var server = new PostgresServer(directory, password, settings);
        try
        {
            string passwordFile = Path.Combine(directory, "password");
            await File.WriteAllTextAsync(passwordFile, password ?? "none");
            if (RunAs is not null)
            {
                await RunAsync("chown", "-R", RunAs, directory);
            }

            string authentication = password is null ? "trust" : "scram-sha-256";
            await RunAsync([.. Command("initdb"), "-D", server.Data, "-U", User, $"--auth={authentication}", $"--pwfile={passwordFile}", "--encoding=UTF8", "--locale=C", "--no-sync"]);
            for (int tries = 3; ; tries--)
            {
                server.Port = NodeProcess.FreePort();
                try
                {
                    await server.StartAsync();
                    return server;
                }
                catch (InvalidOperationException) when (tries > 1 && server.Output.Contains("could not bind", StringComparison.Ordinal))
                {
                    // Somebody else took the port in between.
                }
            }
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Makes an empty database and returns how to connect to it. It compares text in the order of a language, as many real ones do, so that whoever forgets to ask for the order of bytes is found out.
    /// </summary>
    /// <param name="maintenance">A statement about the database to run afterwards, with its name in place of <c>{0}</c>.</param>
    public async Task<string> CreateDatabaseAsync(string? maintenance = null)
    {
        string name = $"test_{Guid.NewGuid():n}";
        await ExecuteAsync(ConnectionString("postgres"), $"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'");
        if (maintenance is not null)
        {
            await ExecuteAsync(ConnectionString("postgres"), string.Format(CultureInfo.InvariantCulture, maintenance, name));
        }

        return ConnectionString(name);
    }

    /// <summary>Runs one statement on a connection of its own and returns the first value it answers.</summary>
    /// <param name="connectionString">Where.</param>
    /// <param name="text">The statement.</param>
    public static async Task<object?> ExecuteAsync(string connectionString, string text)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(text, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>How to connect to a database of this server.</summary>
    /// <param name="database">Its name.</param>
    public string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={Port};Database={database};Username={User}" + (_password is null ? "" : $";Password={_password}");

    /// <summary>Starts a stopped server on the same port and data, and waits until it takes connections.</summary>
    public async Task StartAsync()
    {
        string[] settings = ["listen_addresses=127.0.0.1", $"port={Port}", "unix_socket_directories=", "logging_collector=off", .. _settings];
        string[] command = [.. ServerCommand(), "-D", Data, .. settings.SelectMany(setting => new[] { "-c", setting })];
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = _directory
            }
        };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        ChildProcess.Start(process);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process?.Dispose();
        _process = process;
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            if (process.HasExited)
            {
                await process.WaitForExitAsync(); // For the rest of its output.
                throw new InvalidOperationException($"PostgreSQL exited with {process.ExitCode}: {Output}");
            }

            try
            {
                await ExecuteAsync(ConnectionString("postgres"), "SELECT 1");
                return;
            }
            catch (NpgsqlException) when (Stopwatch.GetElapsedTime(began) < Limit)
            {
                await Task.Delay(50); // Not listening yet, or still recovering.
            }
        }
    }

    /// <summary>Stops the server and waits for its end.</summary>
    /// <param name="immediate">True drops everything at once, as a crash does; false ends connections and writes a checkpoint.</param>
    public async Task StopAsync(bool immediate = false)
    {
        Signals.Send(_process!.Id, immediate ? Signals.Quit : Signals.Interrupt);
        using var limit = new CancellationTokenSource(Limit);
        await _process.WaitForExitAsync(limit.Token);
    }

    /// <summary>Freezes the server: connections stay, nothing answers. As from a machine that hangs.</summary>
    public void Pause()
    {
        Signals.Send(_process!.Id, Signals.Stop); // First the one that makes others.
        SignalChildren(Signals.Stop);
    }

    /// <summary>Lets a frozen server go on.</summary>
    public void Resume()
    {
        SignalChildren(Signals.Continue);
        Signals.Send(_process!.Id, Signals.Continue);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            Resume();
            Signals.Send(_process.Id, Signals.Quit);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                SignalChildren(Signals.Kill);
                Signals.Send(_process.Id, Signals.Kill);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private string Data => Path.Combine(_directory, "data");

    private static string? FindPrograms()
    {
        IEnumerable<string?> places =
        [
            Environment.GetEnvironmentVariable("FACEGRID_POSTGRES_BIN"),
            .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator),
            .. Directory.Exists("/usr/lib/postgresql")
                ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(static version => int.TryParse(Path.GetFileName(version), out int number) ? number : 0).Select(static version => version + "/bin")
                : []
        ];
        return places.FirstOrDefault(static place => !string.IsNullOrEmpty(place) && File.Exists(Path.Combine(place, "postgres")) && File.Exists(Path.Combine(place, "initdb")));
    }

    private static string? FindUser()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/etc/passwd"))
        {
            return null;
        }

        string[] users = File.ReadAllLines("/etc/passwd");
        return Array.Exists(users, static line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";
    }

    /// <summary>setpriv becomes the program it starts, so the process we know is the server itself.</summary>
    private static string[] Command(string program)
    {
        string path = Path.Combine(Programs!, program);
        return RunAs is null ? [path] : ["setpriv", $"--reuid={RunAs}", "--clear-groups", path];
    }

    /// <summary>Another user makes the kernel forget the signal of ChildProcess. So the setpriv that changes the user also asks for the signal.</summary>
    private static string[] ServerCommand()
    {
        string[] command = Command("postgres");
        return RunAs is null ? ChildProcess.Command(command) : [command[0], .. ChildProcess.Options, .. command[1..]];
    }

    private static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/"
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)} exited with {process.ExitCode}: {await output} {errors}");
        }
    }

    private void SignalChildren(int signal)
    {
        foreach (string directory in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out int id) && ParentOf(id) == _process!.Id)
            {
                Signals.Send(id, signal);
            }
        }
    }

    private static int ParentOf(int id)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{id}/stat"); // "id (name) state parent ..."; the name may hold spaces and brackets.
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // Ended meanwhile.
        }
    }

    private void Keep(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
