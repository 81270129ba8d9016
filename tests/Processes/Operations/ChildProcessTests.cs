using System.Diagnostics;
using System.Globalization;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Operations;

/// <summary>
/// Goal: what tests start ends with the test program, however that ends, and not before. Method: a second test program starts a process
/// from a thread that ends, and is ended by a signal.
/// </summary>
public sealed class ChildProcessTests
{
    private const string FileVariable = "FACEGRID_CHILD_FILE";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public async Task Start_TestProgramEnds_EndsTheProcess(string signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && ChildProcess.Command("x")[0] == "setpriv", "only Linux with setpriv can do it");
        using var directory = new TemporaryDirectory();
        string file = Path.Combine(directory.Path, "id");
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ChildProcessTests).Assembly.Location);
        }

        start.ArgumentList.Add("-method");
        start.ArgumentList.Add($"{typeof(ChildProcessTests).FullName}.{nameof(Start_ThreadThatAsksEnds_LeavesTheProcess)}");
        start.Environment[FileVariable] = file;
        using Process program = Process.Start(start)!;
        Task<string> output = program.StandardOutput.ReadToEndAsync(Cancel);
        try
        {
            int child = 0;
            await Eventually.AssertAsync(async () => child = int.Parse(await File.ReadAllTextAsync(file, Cancel), CultureInfo.InvariantCulture));
            Runs(child).ShouldBeTrue();
            using (Process kill = Process.Start("kill", ["-" + signal, program.Id.ToString(CultureInfo.InvariantCulture)]))
            {
                await kill.WaitForExitAsync(Cancel);
            }

            await Eventually.AssertAsync(() =>
            {
                Runs(child).ShouldBeFalse();
                return Task.CompletedTask;
            });
        }
        finally
        {
            program.Kill();
            await program.WaitForExitAsync(CancellationToken.None);
        }

        await output;
    }

    /// <summary>The second test program runs this test and stays in it, with the process, until it is ended.</summary>
    [Fact]
    public async Task Start_ThreadThatAsksEnds_LeavesTheProcess()
    {
        string[] command = ChildProcess.Command("sleep", "300");
        using var sleep = new Process { StartInfo = new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false } };
        var thread = new Thread(() => ChildProcess.Start(sleep));
        thread.Start();
        thread.Join();
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), Cancel);
            sleep.HasExited.ShouldBeFalse();
            if (Environment.GetEnvironmentVariable(FileVariable) is { } file)
            {
                await File.WriteAllTextAsync(file + ".part", sleep.Id.ToString(CultureInfo.InvariantCulture), Cancel);
                File.Move(file + ".part", file);
                await sleep.WaitForExitAsync(CancellationToken.None);
            }
        }
        finally
        {
            sleep.Kill();
            await sleep.WaitForExitAsync(CancellationToken.None);
        }
    }

    // A process that nobody has waited for keeps its entry, in state Z.
    private static bool Runs(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat").Split(") ")[1][0] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }
}
