using System.Collections.Concurrent;
using System.Diagnostics;

namespace FaceGrid.Tests.Support;

/// <summary>
/// Starts processes that end with the test program, even when a signal ends it: <c>setpriv</c> asks the kernel to kill them then. Where
/// there is no <c>setpriv</c>, such a process stays behind.
/// </summary>
public static class ChildProcess
{
    // The kernel sends the signal when the thread that started the process ends, and threads of the pool end while tests run. So one thread
    // that ends with the test program starts all processes.
    private static readonly BlockingCollection<(Process Process, TaskCompletionSource Started)> ToStart = [];

    static ChildProcess() => new Thread(StartAll) { IsBackground = true, Name = nameof(ChildProcess) }.Start();

    /// <summary>Options of <c>setpriv</c> for such a process.</summary>
    public static string[] Options { get; } = ["--pdeathsig", "KILL"];

    private static bool HasSetpriv { get; } = OperatingSystem.IsLinux()
        && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(place => File.Exists(Path.Combine(place, "setpriv")));

    /// <summary>The command for a process that ends with the test program.</summary>
    /// <param name="command">A program and its arguments.</param>
    /// <returns>A command that becomes <paramref name="command"/>, so its process id is the one of the program.</returns>
    public static string[] Command(params string[] command) => HasSetpriv ? ["setpriv", .. Options, .. command] : command;

    /// <summary>Starts a process.</summary>
    /// <param name="process">What to start, with a command of <see cref="Command"/> or with <see cref="Options"/> in its command.</param>
    public static void Start(Process process)
    {
        var started = new TaskCompletionSource();
        ToStart.Add((process, started));
        started.Task.GetAwaiter().GetResult();
    }

    private static void StartAll()
    {
        foreach ((Process process, TaskCompletionSource started) in ToStart.GetConsumingEnumerable())
        {
            try
            {
                process.Start();
                started.SetResult();
            }
            catch (Exception failure)
            {
                started.SetException(failure);
            }
        }
    }
}
