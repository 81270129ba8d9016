using System.Diagnostics;
using System.Text.Json;
using FaceGrid.Tests.Faults.Histories;

namespace FaceGrid.Tests.Faults.Clusters;

/// <summary>An operator who migrates a gallery from one model to the other and back all the time: begins, switches, rolls back, finishes or gives up, and records how each step was answered.</summary>
/// <param name="calls">Calls nodes.</param>
/// <param name="history">Where it records.</param>
/// <param name="random">Its choices.</param>
internal sealed class MigrationClient(GridCalls calls, History history, Random random)
{
    /// <summary>The two models; each node runs both.</summary>
    public const string One = "mobileface-v2-256", Other = "mobilefacenet-foamliu-128";

    /// <summary>Far below the distance of two people with either model, and far above that of a picture and its cut-out.</summary>
    public const float Threshold = 0.5f;

    private const string Migration = PicturePeople.Gallery + "/migration";

    /// <summary>Long enough that people are written and asked about in each state.</summary>
    private static readonly TimeSpan StayMin = TimeSpan.FromSeconds(1), StayMax = TimeSpan.FromSeconds(5), LookAgain = TimeSpan.FromMilliseconds(500);

    /// <summary>How often each state was reached.</summary>
    public Dictionary<string, int> Reached { get; } = new(StringComparer.Ordinal);

    /// <summary>What was seen and done last, for whoever waits in vain.</summary>
    public string Last { get; private set; } = "nothing";

    /// <summary>Migrates until told to stop, wherever the gallery is then.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            foreach (string state in Plan())
            {
                await ReachAsync(state, stop);
                await Task.Delay(StayMin + ((StayMax - StayMin) * random.NextDouble()), CancellationToken.None);
            }
        }
    }

    /// <summary>Takes the steps that lead to a state, again and again until it is reached.</summary>
    /// <param name="wanted"><c>ready</c>, <c>switched</c> or <c>none</c>, where no migration is under way.</param>
    /// <param name="stop">Ends the wait; the state may not be reached then.</param>
    public async Task ReachAsync(string wanted, CancellationToken stop)
    {
        bool finishes = random.Next(2) == 0; // A migration that is switched can be finished, or rolled back and given up.
        while (!stop.IsCancellationRequested)
        {
            if (calls.AnyNode(random) is { } node && await StateAsync(node) is { } state)
            {
                if (state == wanted)
                {
                    Reached[wanted] = Reached.GetValueOrDefault(wanted) + 1;
                    return;
                }

                await StepAsync(node, state, wanted, finishes);
            }

            await Task.Delay(LookAgain, CancellationToken.None);
        }
    }

    /// <summary>One migration, from none to none.</summary>
    private string[] Plan() => random.Next(4) switch
    {
        0 => ["ready", "none"],
        1 => ["ready", "switched", "ready", "switched", "none"],
        _ => ["ready", "switched", "none"],
    };

    /// <returns>The state; null when nobody says.</returns>
    private async Task<string?> StateAsync(string node)
    {
        long start = Stopwatch.GetTimestamp();
        (string? problem, JsonElement body) = await calls.SendAsync(node, HttpMethod.Get, Migration);
        history.Steps.Enqueue(new OperatorStep("look", start, problem));
        Last = problem ?? body.ToString();
        return problem switch
        {
            null => body.GetProperty("state").GetString(),
            "404 no-migration" => "none",
            _ => null,
        };
    }

    private async Task StepAsync(string node, string state, string wanted, bool finishes)
    {
        switch (state, wanted)
        {
            case ("none", _):
                (string? problem, JsonElement gallery) = await calls.SendAsync(node, HttpMethod.Get, PicturePeople.Gallery);
                if (problem is null && gallery.GetProperty("contract") is { ValueKind: JsonValueKind.Object } contract)
                {
                    string target = contract.GetProperty("id").GetString()!.StartsWith(One, StringComparison.Ordinal) ? Other : One;
                    await TakeAsync(node, HttpMethod.Post, "", new { embedder = target, verifyThreshold = Threshold, identifyThreshold = Threshold });
                }

                break;
            case ("ready", "switched"):
                await TakeAsync(node, HttpMethod.Post, "/switch");
                break;
            case ("ready" or "filling", "none"):
                await TakeAsync(node, HttpMethod.Delete, "");
                break;
            case ("switched", "none") when finishes:
                await TakeAsync(node, HttpMethod.Post, "/finish");
                break;
            case ("switched", _):
                await TakeAsync(node, HttpMethod.Post, "/rollback");
                break;
            default:
                break; // It fills, or finishes: that takes a moment.
        }
    }

    private async Task TakeAsync(string node, HttpMethod method, string step, object? json = null)
    {
        long start = Stopwatch.GetTimestamp();
        (string? problem, _) = await calls.SendAsync(node, method, Migration + step, json);
        history.Steps.Enqueue(new OperatorStep($"{method} migration{step}", start, problem));
        Last += $", then {method} migration{step}: {problem ?? "taken"}";
    }
}
