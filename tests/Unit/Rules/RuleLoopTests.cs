using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Rules;
using FaceGrid.Cameras.Rules;
using FaceGrid.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans.Storage;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Rules;

/// <summary>
/// Goal: a rule publishes each event that it is about once, in order, and writes down what it did before it goes on. Method: an order of
/// events, a target and rows in memory, and a clock that the test moves.
/// </summary>
public sealed class RuleLoopTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(Visits.Morning);
    private readonly FakeFeed _feed = new();
    private readonly FakeTarget _target = new();
    private readonly MemoryRow<RuleState> _row = new();
    private readonly MemoryRow<RuleLettersState> _letters = new();
    private readonly RuleTrouble _trouble;
    private readonly RuleLoop _loop;
    private bool _hasLease = true, _isReplaced;
    private int _leaseAsked;

    public RuleLoopTests()
    {
        _trouble = new RuleTrouble(_time);
        var writing = new SemaphoreSlim(1);
        var pause = new RetryPause(_time, new Random(1));
        _row.State = new RuleState { Settings = Settings(), Salt = [1] };
        _row.Stored = () => new RuleState { Settings = _row.State.Settings, Salt = [1] };
        _loop = new RuleLoop(
            "r",
            new RuleRow("r", _row, writing, pause, static () => { }, NullLogger.Instance),
            new DeadLetters("r", _letters, writing, pause, NullLogger.Instance),
            _feed,
            new RulePublisher("r", _ => _target, new RuleOptions(), pause, _trouble, _time, NullLogger.Instance),
            pause,
            _trouble,
            HasLease,
            () => _isReplaced = true,
            _time,
            NullLogger.Instance);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _loop.DisposeAsync();

    [Fact]
    public async Task Each_event_is_published_in_order_and_written_down_before_the_next()
    {
        List<int> publishedAtWrite = [];
        _row.OnWrite = () => publishedAtWrite.Add(_target.Deliveries.Count);
        _feed.Add(Visits.Of("ada", 1), Visits.Of("ben", 2), Visits.Unknown(3));
        _loop.Start();
        await ReachesAsync(3);
        Ids().ShouldBe(["r-1", "r-2", "r-3"]);
        publishedAtWrite.ShouldBe([1, 2, 3]);
        (_row.State.Position, _row.State.Delivered, _row.State.LastDeliveryAt).ShouldBe((3, 3, Visits.Morning));
    }

    [Fact]
    public async Task Events_that_the_rule_is_not_about_are_passed_over_and_written_down_now_and_then()
    {
        _row.State.Settings = Settings() with { Cameras = ["gate"] };
        _feed.Add([.. Enumerable.Range(1, RuleLoop.PassedOverMax - 1).Select(i => Visits.Unknown(i))]);
        _loop.Start();
        await ReachesAsync(RuleLoop.PassedOverMax - 1);
        _row.Writes.ShouldBe(0);
        _feed.Add(Visits.Unknown(RuleLoop.PassedOverMax));
        await EventuallyAsync(() => _row.State.Position.ShouldBe(RuleLoop.PassedOverMax));
        (_row.Writes, Ids().Length).ShouldBe((1, 0));
    }

    [Fact]
    public async Task An_event_that_was_erased_after_it_was_read_is_not_published()
    {
        _target.Fail(isLasting: false, times: 1);
        _feed.Add(Visits.Of("ada", 1), Visits.Of("ben", 2));
        _loop.Start();
        await EventuallyAsync(() => Ids().ShouldBe(["r-1"]));
        _feed.Erase(1); // While the first attempt has failed.
        _feed.Erase(2); // While it waits for the first.
        _feed.Add(Visits.Unknown(3));
        await ReachesAsync(3, advance: true);
        Ids().ShouldBe(["r-1", "r-3"]);
    }

    [Fact]
    public async Task What_is_given_up_is_a_dead_letter_and_the_next_event_follows()
    {
        _target.Fail(isLasting: true, times: 1);
        _feed.Add(Visits.Of("ada", 1), Visits.Of("ben", 2));
        _loop.Start();
        await ReachesAsync(2);
        _letters.State.Letters.Select(letter => letter.Id).ShouldBe(["r-1"]);
        (_row.State.Delivered, _row.State.LastError).ShouldBe((1, "as the test wishes"));
        (_trouble.FailingSince, _trouble.Last).ShouldBe((null, null));
    }

    [Fact]
    public async Task A_person_is_published_once_per_cooldown()
    {
        _row.State.Settings = Settings() with { CooldownSeconds = 60 };
        _feed.Add(Visits.Of("ada", 1), Visits.Of("ada", 30), Visits.Of("ben", 31), Visits.Of("ada", 62));
        _loop.Start();
        await ReachesAsync(4);
        Ids().ShouldBe(["r-1", "r-3", "r-4"]);
    }

    [Fact]
    public async Task Nothing_is_published_while_the_node_has_no_lease()
    {
        _hasLease = false;
        _feed.Add(Visits.Of("ada", 1));
        _loop.Start();
        await EventuallyAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _leaseAsked.ShouldBeGreaterThan(3);
        });
        Ids().ShouldBeEmpty();
        _hasLease = true;
        await ReachesAsync(1, advance: true);
        Ids().ShouldBe(["r-1"]);
    }

    [Fact]
    public async Task What_retention_took_is_counted_as_missed()
    {
        _feed.Add(Visits.Of("ada", 1), Visits.Of("ben", 2), Visits.Unknown(3));
        _feed.Swept = 2;
        _loop.Start();
        await ReachesAsync(3);
        (_row.State.Missed, Ids().Single()).ShouldBe((2, "r-3"));
    }

    [Fact]
    public async Task A_rule_that_is_ahead_of_an_older_database_goes_on_at_its_end()
    {
        _row.State.Position = 17;
        _feed.Add(Visits.Of("ada", 1));
        _loop.Start();
        await EventuallyAsync(() => _row.State.Position.ShouldBe(1));
        _feed.Add(Visits.Of("ben", 2));
        await ReachesAsync(2);
        (_row.State.Missed, Ids().Single()).ShouldBe((0, "r-2"));
    }

    [Fact]
    public async Task A_row_that_cannot_be_written_holds_the_rule_up_and_nothing_is_published_twice()
    {
        _row.Failures.Enqueue(new FaceGridException(ErrorCodes.StorageUnavailable, "as the test wishes"));
        _feed.Add(Visits.Of("ada", 1), Visits.Of("ben", 2));
        _loop.Start();
        await EventuallyAsync(() => _row.Failures.ShouldBeEmpty());
        Ids().ShouldBe(["r-1"]);
        await ReachesAsync(2, advance: true);
        (_row.Reads, Ids().Length).ShouldBe((1, 2));
    }

    [Fact]
    public async Task A_row_that_another_activation_wrote_ends_the_loop()
    {
        _row.Failures.Enqueue(new InconsistentStateException());
        _feed.Add(Visits.Of("ada", 1), Visits.Of("ben", 2));
        _loop.Start();
        await EventuallyAsync(() => _isReplaced.ShouldBeTrue());
        Ids().ShouldBe(["r-1"]);
    }

    [Fact]
    public async Task Settings_that_cannot_be_read_hold_the_rule_up_until_others_come()
    {
        _row.State.Settings = Settings() with { Moments = ["x"] };
        _feed.Add(Visits.Of("ada", 1));
        _loop.Start();
        _trouble.Last?.Text.ShouldContain("moments");
        _row.State.Settings = Settings();
        _loop.Renew();
        await ReachesAsync(1);
        Ids().ShouldBe(["r-1"]);
    }

    [Fact]
    public async Task Dispose_ends_a_delivery_that_waits_for_its_next_attempt()
    {
        _target.Fail(isLasting: false, times: 1_000);
        _feed.Add(Visits.Of("ada", 1));
        _loop.Start();
        await EventuallyAsync(() => Ids().ShouldBe(["r-1"]));
        await _loop.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        (_row.Writes, _target.Disposed).ShouldBe((0, 1));
    }

    private static RuleSettings Settings() => new(Webhook: new RuleWebhook("http://hooks.example/"));

    private static Task EventuallyAsync(Action assertion) => Eventually.AssertAsync(() =>
    {
        assertion();
        return Task.CompletedTask;
    });

    private bool HasLease()
    {
        _leaseAsked++;
        return _hasLease;
    }

    private string[] Ids() => [.. _target.Deliveries.Select(delivery => delivery.Id)];

    private Task ReachesAsync(long position, bool advance = false) => EventuallyAsync(() =>
    {
        _time.Advance(TimeSpan.FromSeconds(advance ? 1 : 0));
        _loop.Position.ShouldBe(position);
    });
}
