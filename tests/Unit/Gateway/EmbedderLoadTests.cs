using FaceGrid.Gateway.Grid;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Gateway;

/// <summary>
/// Goal: pictures spread evenly over embedder nodes. Method: a seeded simulation of callers who each wait for their picture, and small
/// cases that are drawn many times.
/// </summary>
public sealed class EmbedderLoadTests
{
    [Fact]
    public void Pick_TwoNodes_TakesTheLessLoadedEveryTime()
    {
        var load = new EmbedderLoad(new Random(1));
        load.Begin("busy");
        for (int draw = 0; draw < 1_000; draw++)
        {
            load.Pick(["busy", "idle"]).ShouldBe("idle");
        }
    }

    [Fact]
    public void Pick_EqualLoads_ReachesEveryNode()
    {
        var load = new EmbedderLoad(new Random(2));
        string[] nodes = ["a", "b", "c", "d"];
        var drawn = Enumerable.Range(0, 4_000).Select(_ => load.Pick(nodes)).CountBy(node => node).ToDictionary();
        foreach (string node in nodes)
        {
            drawn[node].ShouldBeInRange(850, 1_150, node); // A quarter of 4,000, with more than five standard deviations (27) of room.
        }
    }

    [Fact]
    public void Pick_OneNode_TakesIt() => new EmbedderLoad(new Random(3)).Pick(["only"]).ShouldBe("only");

    [Fact]
    public void InFlight_TwoEquallyFastNodes_DiffersByAtMostATenth()
    {
        const int Callers = 40, Pictures = 20_000;
        var random = new Random(4);
        var load = new EmbedderLoad(random);
        string[] nodes = ["a", "b"];
        var under = new PriorityQueue<string, double>();
        double now = 0, difference = 0;
        for (int caller = 0; caller < Callers; caller++)
        {
            Send();
        }

        for (int picture = 0; picture < Pictures; picture++)
        {
            under.TryDequeue(out string? node, out now).ShouldBeTrue();
            load.End(node!);
            Send();
            difference += Math.Abs(load.InFlight("a") - load.InFlight("b"));
        }

        (difference / Pictures / (Callers / 2.0)).ShouldBeLessThan(0.1, "mean difference, as a share of what a node has in flight");

        void Send()
        {
            string node = load.Pick(nodes);
            load.Begin(node);
            under.Enqueue(node, now - Math.Log(1 - random.NextDouble())); // Exponential service times with mean 1.
        }
    }

    [Fact]
    public void Keep_IdleNodesThatLeft_AreForgotten()
    {
        var load = new EmbedderLoad(new Random(5));
        load.Begin("gone");
        load.Begin("left");
        load.End("left");
        load.Keep(["here"]);
        load.InFlight("gone").ShouldBe(1, "its picture is still in flight");
        load.InFlight("left").ShouldBe(0);
    }
}
