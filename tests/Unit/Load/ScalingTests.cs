using System.Runtime.CompilerServices;
using FaceGrid.Load.Scaling;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Load;

/// <summary>
/// The cost model is held against points that were measured (docs/benchmarks.md, Zen 4), the queues against what must hold for any queue,
/// and the page against the command.
/// </summary>
public sealed class ScalingTests
{
    private const int Seed = 7;

    [Theory]
    [InlineData(1_000_000, 512, 1, 18.3)]
    [InlineData(1_000_000, 512, 4, 24.04)]
    [InlineData(1_000_000, 512, 8, 27.4)]
    [InlineData(1_000_000, 512, 16, 53.37)]
    [InlineData(1_000_000, 512, 64, 204)]
    [InlineData(1_000_000, 512, 256, 812.65)]
    [InlineData(1_000_000, 128, 1, 4.76)]
    [InlineData(1_000_000, 128, 64, 58.0)]
    [InlineData(300_000, 512, 64, 63.37)]
    public void A_pass_takes_within_a_quarter_of_what_was_measured(int rows, int dimension, int probes, double milliseconds) =>
        (1e3 * CostModel.PassSeconds(NodeKind.Measured, rows, dimension, probes)).ShouldBe(milliseconds, 0.25 * milliseconds);

    [Theory]
    [InlineData(128, 1_304e6)]
    public void A_node_with_a_million_people_holds_within_a_tenth_of_what_was_measured(int dimension, double bytes) =>
        (137e6 + (1e6 * CostModel.BytesPerPerson(dimension))).ShouldBe(bytes, 0.1 * bytes);

    // A node with a million people of 128, over HTTP: clients that ask again at once (scale).
    [Theory]
    [InlineData(1, 6.3)]
    [InlineData(8, 16.4)]
    [InlineData(64, 66.3)]
    public void Clients_in_a_closed_loop_wait_within_a_quarter_of_what_was_measured(int clients, double milliseconds)
    {
        double[] times = Queue(silos: 1).Closed(clients, requests: 20_000);
        (1e3 * times[times.Length / 2]).ShouldBe(milliseconds, 0.25 * milliseconds);
    }

    [Fact]
    public void Every_request_is_answered_once_and_none_before_a_pass_could_end()
    {
        double[] times = Queue(silos: 5).Open(perSecond: 400, requests: 3_000);
        times.Length.ShouldBe(3_000);
        times.ShouldBeInOrder();
        times[0].ShouldBeGreaterThan(CostModel.FixedSeconds(5) + (0.7 * Pass(1)));
        Queue(silos: 5).Closed(clients: 32, requests: 3_000).Length.ShouldBe(3_000);
    }

    [Fact]
    public void The_same_seed_gives_the_same_times() =>
        Queue(silos: 3).Open(300, 2_000).ShouldBe(Queue(silos: 3).Open(300, 2_000));

    [Fact]
    public void Without_load_an_identify_takes_a_pass_and_nothing_else()
    {
        double[] times = Queue(silos: 1).Open(perSecond: 0.1, requests: 2_000);
        times[times.Length / 2].ShouldBe(CostModel.FixedSeconds(1) + Pass(1), 0.01 * Pass(1));
    }

    [Fact]
    public void More_load_and_more_silos_never_make_the_median_shorter()
    {
        double[] byLoad = [.. new[] { 1.0, 100, 400, 800 }.Select(perSecond => Median(Queue(silos: 1).Open(perSecond, 5_000)))];
        byLoad.ShouldBeInOrder();
        double[] bySilos = [.. new[] { 1, 4, 16 }.Select(silos => Median(Queue(silos).Open(200, 5_000)))];
        bySilos.ShouldBeInOrder();
    }

    [Theory]
    [InlineData(128)]
    [InlineData(512)]
    public void Memory_for_the_fewest_silos_suffices_and_for_one_fewer_does_not(int dimension)
    {
        foreach (double people in new[] { 1e6, 1e7, 1e8, 1e9 })
        {
            int silos = CostModel.SilosFor(NodeKind.Assumed, people, dimension);
            double Needed(int count) => 137e6 + (people / count * CostModel.BytesPerPerson(dimension));
            double room = 0.45 * NodeKind.Assumed.MemoryBytes;
            Needed(silos).ShouldBeLessThanOrEqualTo(room);
            (silos == 1 || Needed(silos - 1) > room).ShouldBeTrue();
        }
    }

    [Fact]
    public void Messages_bound_how_much_more_silos_help()
    {
        double few = CostModel.CallsPerSecond(NodeKind.Measured, 8), many = CostModel.CallsPerSecond(NodeKind.Measured, 1_024);
        (many / few).ShouldBeLessThan(1_024 / 8);
        ScalingCase once = ScalingCase.Of(NodeKind.Assumed, 1e9, 512), twice = ScalingCase.Of(NodeKind.Assumed, 1e9, 512, 2 * once.Silos);
        twice.PassMilliseconds.ShouldBe(once.PassMilliseconds / 2, 1e-6);
        twice.P99Milliseconds.ShouldBeGreaterThan(twice.P50Milliseconds);
    }

    [Fact]
    public void The_page_holds_the_tables_that_the_command_prints()
    {
        string page = File.ReadAllText(Page()).ReplaceLineEndings("\n");
        ScalingTables.Into(page).ShouldBe(page, "run: facegrid bench scaling --page docs/scaling.md");
    }

    [Fact]
    public void A_page_without_a_place_for_the_tables_is_refused() =>
        Should.Throw<FormatException>(() => ScalingTables.Into("# Scaling\n"));

    private static double Pass(int probes) => CostModel.PassSeconds(NodeKind.Measured, 1e6, 128, probes);

    private static PassQueue Queue(int silos) => new(Pass, silos, CostModel.FixedSeconds(silos), Seed);

    private static double Median(double[] times) => times[times.Length / 2];

    private static string Page([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "scaling.md"));
}
