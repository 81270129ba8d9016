using System.Diagnostics;
using System.Text.Json;
using FaceGrid.Tests.Support;
using Shouldly;

namespace FaceGrid.Tests.Faults.Clusters;

/// <summary>What can happen to a cluster.</summary>
internal enum Fault
{
    /// <summary>A node dies and is started again.</summary>
    Kill,

    /// <summary>A node hangs, often for longer than the others wait for it, and goes on.</summary>
    Freeze,

    /// <summary>An operator stops a node and starts it again.</summary>
    Stop,

    /// <summary>A node joins, and leaves again by one of the ways above.</summary>
    Join,

    /// <summary>PostgreSQL crashes or is stopped, and started again.</summary>
    DatabaseRestart,

    /// <summary>PostgreSQL hangs and goes on.</summary>
    DatabasePause,

    /// <summary>A node hangs, and goes on while PostgreSQL hangs.</summary>
    FreezeThenPause,

    /// <summary>A node hangs, and another dies meanwhile.</summary>
    FreezeAndKill,

    /// <summary>The connections of others to a node break, and new ones, too; what it says to them itself arrives.</summary>
    LinkCut,

    /// <summary>Nothing arrives at a node or comes back from it on the connections of others; then all of it at once.</summary>
    LinkHold,

    /// <summary>What others say to a node and what it answers arrives late.</summary>
    LinkSlow,

    /// <summary>No node hears anything from another, then everything at once.</summary>
    NetworkHold,
}

/// <summary>Inflicts one fault after the other, chosen by a seed: what happens is the same for the same seed, when exactly is not. At the end all is well again.</summary>
/// <param name="grid">The victim.</param>
/// <param name="random">Chooses.</param>
/// <param name="log">Gets what happens.</param>
internal sealed class FaultSchedule(GridProcesses grid, Random random, Action<string> log)
{
    private static readonly TimeSpan FreezeMax = TimeSpan.FromSeconds(15);

    private readonly long _begin = Stopwatch.GetTimestamp();
    private readonly string[] _names = [.. grid.Running.Keys];

    /// <summary>How often each fault has happened.</summary>
    public Dictionary<Fault, int> Counts { get; } = Enum.GetValues<Fault>().ToDictionary(fault => fault, _ => 0);

    /// <summary>The last words of nodes that ended by themselves, or did not end well when asked to.</summary>
    public List<string> Ended { get; } = [];

    /// <summary>Goes through all faults in a random order, again and again, until the time is over.</summary>
    /// <param name="duration">The last fault begins within it.</param>
    /// <param name="until">Ends it early: there is no use in going on.</param>
    public async Task RunAsync(TimeSpan duration, Func<bool> until)
    {
        Fault[] all = Enum.GetValues<Fault>();
        for (int i = 0; Stopwatch.GetElapsedTime(_begin) < duration && !until(); i++)
        {
            if (i % all.Length == 0)
            {
                random.Shuffle(all);
            }

            await PauseAsync(1, 4);
            await InflictAsync(all[i % all.Length]);
            await ReviveAsync();
        }

        // The last fault may have left a node that was declared dead and does not know it yet; it ends in a moment.
        await Eventually.AssertAsync(
            async () =>
            {
                await ReviveAsync();
                foreach (NodeProcess node in grid.Running.Values)
                {
                    (_, JsonElement cluster) = await node.SendAsync(HttpMethod.Get, "/v1/cluster");
                    cluster.GetProperty("nodes").EnumerateArray().Select(other => other.GetProperty("name").GetString()).ShouldBe(_names, ignoreOrder: true);
                }
            },
            seconds: 300); // To start it may take minutes on a busy machine.
    }

    private async Task InflictAsync(Fault fault)
    {
        string name = Any();
        Say($"{fault} {name}");
        Counts[fault]++;
        switch (fault)
        {
            case Fault.Kill:
                await grid.KillAsync(name);
                await PauseAsync(0, 6);
                await grid.StartAsync(name);
                break;
            case Fault.Freeze:
                await FreezeAsync(name);
                break;
            case Fault.Stop:
                await StopAsync(name);
                await PauseAsync(0, 3);
                await grid.StartAsync(name);
                break;
            case Fault.Join:
                string guest = await grid.AddAsync();
                await PauseAsync(1, 5);
                await (random.Next(2) == 0 ? grid.KillAsync(guest) : StopAsync(guest));
                break;
            case Fault.DatabaseRestart:
                await grid.Database.StopAsync(immediate: random.Next(2) == 0);
                await PauseAsync(0, 5);
                await grid.Database.StartAsync();
                break;
            case Fault.DatabasePause:
                grid.Database.Pause();
                await PauseAsync(1, 8);
                grid.Database.Resume();
                break;
            case Fault.FreezeThenPause:
                await FreezeAsync(name, beforeThaw: () => grid.Database.Pause());
                await PauseAsync(0, 4);
                grid.Database.Resume();
                break;
            case Fault.LinkCut:
                grid.Link(name).Cut();
                await PauseAsync(0, 12);
                grid.Link(name).Mend();
                break;
            case Fault.LinkHold:
                grid.Link(name).Hold();
                await PauseAsync(0, 12);
                grid.Link(name).Mend();
                break;
            case Fault.LinkSlow:
                grid.Link(name).Slow(TimeSpan.FromMilliseconds(20 + (400 * random.NextDouble())));
                await PauseAsync(1, 12);
                grid.Link(name).Mend();
                break;
            case Fault.NetworkHold:
                string[] all = [.. grid.Running.Keys];
                Array.ForEach(all, node => grid.Link(node).Hold());
                await PauseAsync(0, 12);
                Array.ForEach(all, node => grid.Link(node).Mend());
                break;
            default:
                await FreezeAsync(name, meanwhile: () => KillAnotherAsync(name));
                break;
        }
    }

    private async Task FreezeAsync(string name, Func<Task>? meanwhile = null, Action? beforeThaw = null)
    {
        TimeSpan length = FreezeMax * random.NextDouble();
        grid.Freeze(name);
        await Task.Delay(length / 2);
        await (meanwhile?.Invoke() ?? Task.CompletedTask);
        await Task.Delay(length / 2);
        beforeThaw?.Invoke();
        grid.Thaw(name);
        Say($"thawed {name} after {length.TotalSeconds:f1} s");
    }

    private async Task KillAnotherAsync(string name)
    {
        string other = Any(except: name);
        Say($"kill {other} meanwhile");
        await grid.KillAsync(other);
    }

    private async Task StopAsync(string name)
    {
        (int code, string said) = await grid.StopAsync(name);
        if (code != 0)
        {
            Ended.Add($"{name} ended with {code} when it was asked to stop: {LastWords(said)}");
        }
    }

    /// <summary>Starts again what died: by a fault, or because it learnt that it had been declared dead.</summary>
    private async Task ReviveAsync()
    {
        await PauseAsync(0, 2);
        foreach ((string name, NodeProcess node) in grid.Running)
        {
            if (node.Process.HasExited)
            {
                Say($"{name} has ended with {node.Process.ExitCode}");
                Ended.Add($"{name} ended with {node.Process.ExitCode}: {LastWords(await grid.ForgetAsync(name))}");
            }
        }

        foreach (string name in _names.Except(grid.Running.Keys))
        {
            await grid.StartAsync(name);
        }
    }

    /// <summary>The reason that .NET prints before a stack trace, or else the last lines.</summary>
    private static string LastWords(string said)
    {
        int reason = said.IndexOf("Process terminated", StringComparison.Ordinal);
        return reason >= 0 ? said.Substring(reason, Math.Min(400, said.Length - reason)) : said[^Math.Min(2000, said.Length)..];
    }

    private string Any(string? except = null)
    {
        string[] names = [.. _names.Where(name => name != except && grid.Running.ContainsKey(name))];
        return names[random.Next(names.Length)];
    }

    private Task PauseAsync(double fromSeconds, double toSeconds) => Task.Delay(TimeSpan.FromSeconds(fromSeconds + ((toSeconds - fromSeconds) * random.NextDouble())));

    private void Say(string what) => log($"{Stopwatch.GetElapsedTime(_begin).TotalSeconds,7:f1} s  {what}");
}
