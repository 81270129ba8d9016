using System.Collections.Concurrent;
using FaceGrid.Vision.Embedding;
using FaceGrid.Vision.Execution;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Vision;

public sealed class MicroBatcherTests : IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(2);
    private readonly FakeTimeProvider _time = new();
    private readonly WorkerThreads _threads = new(2);
    private readonly ConcurrentQueue<int[]> _batches = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // The clock never moves in this test, so any wait would never end.
    [Fact]
    public async Task RunAsync_LoneRequest_DoesNotWait()
    {
        using var batcher = Batcher(batchSizeMax: 8, workersMax: 1);
        batcher.Announce();

        (await batcher.RunAsync([1, 2], announced: true, Token)).ShouldBe([10, 20]);
        _batches.ShouldHaveSingleItem().ShouldBe([1, 2]);
    }

    [Fact]
    public async Task RunAsync_AnotherAnnounced_SharesOneBatch()
    {
        using var batcher = Batcher(batchSizeMax: 8, workersMax: 1);
        batcher.Announce();
        batcher.Announce();

        var first = batcher.RunAsync([1], announced: true, Token);
        _batches.ShouldBeEmpty();
        var second = batcher.RunAsync([2, 3], announced: true, Token);

        (await first).ShouldBe([10]);
        (await second).ShouldBe([20, 30]);
        _batches.ShouldHaveSingleItem().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task RunAsync_AnnouncedNeverComes_RunsAfterTheDelay()
    {
        using var batcher = Batcher(batchSizeMax: 8, workersMax: 1);
        batcher.Announce();

        var task = batcher.RunAsync([1], announced: false, Token);
        _time.Advance(Delay - TimeSpan.FromMicroseconds(100));
        _batches.ShouldBeEmpty();
        _time.Advance(TimeSpan.FromMicroseconds(200));

        (await task).ShouldBe([10]);
    }

    [Fact]
    public async Task Withdraw_LastAnnouncement_StartsTheBatch()
    {
        using var batcher = Batcher(batchSizeMax: 8, workersMax: 1);
        batcher.Announce();
        var task = batcher.RunAsync([1], announced: false, Token);

        batcher.Withdraw();

        (await task).ShouldBe([10]);
    }

    [Fact]
    public async Task RunAsync_FullBatch_DoesNotWaitAndIsNoLargerThanAllowed()
    {
        using var batcher = Batcher(batchSizeMax: 3, workersMax: 1);
        batcher.Announce();

        var task = batcher.RunAsync([1, 2, 3, 4, 5, 6], announced: false, Token);

        (await task).ShouldBe([10, 20, 30, 40, 50, 60]);
        _batches.ShouldAllBe(batch => batch.Length <= 3);
    }

    [Fact]
    public async Task RunAsync_IdleWorkers_ShareTheItems()
    {
        using var batcher = Batcher(batchSizeMax: 32, workersMax: 2);

        (await batcher.RunAsync([1, 2, 3, 4], announced: false, Token)).ShouldBe([10, 20, 30, 40]);

        _batches.Count.ShouldBe(2);
    }

    [Fact]
    public async Task RunAsync_Cancelled_LeavesTheOthersAlone()
    {
        using var batcher = Batcher(batchSizeMax: 8, workersMax: 1);
        using var cancellation = new CancellationTokenSource();
        batcher.Announce();
        var cancelled = batcher.RunAsync([1], announced: false, cancellation.Token);
        var other = batcher.RunAsync([2], announced: false, Token);

        cancellation.Cancel();
        batcher.Withdraw();

        await Should.ThrowAsync<OperationCanceledException>(() => cancelled);
        (await other).ShouldBe([20]);
        _batches.ShouldHaveSingleItem().ShouldBe([2]);
    }

    [Fact]
    public async Task RunAsync_FailingBatch_FailsItsRequestsAndGoesOn()
    {
        using var batcher = Batcher(batchSizeMax: 8, workersMax: 1);

        await Should.ThrowAsync<InvalidOperationException>(() => batcher.RunAsync([-1], announced: false, Token));
        (await batcher.RunAsync([4], announced: false, Token)).ShouldBe([40]);
    }

    [Fact]
    public async Task Dispose_WaitingItems_FailInsteadOfHanging()
    {
        var batcher = Batcher(batchSizeMax: 8, workersMax: 1);
        batcher.Announce();
        var task = batcher.RunAsync([1], announced: false, Token);

        batcher.Dispose();

        await Should.ThrowAsync<ObjectDisposedException>(() => task);
    }

    public void Dispose() => _threads.Dispose();

    private MicroBatcher<int, int> Batcher(int batchSizeMax, int workersMax) => new(Run, _threads, batchSizeMax, Delay, workersMax, _time);

    private int[] Run(IReadOnlyList<int> items)
    {
        _batches.Enqueue([.. items]);
        return items.Any(item => item < 0) ? throw new InvalidOperationException("a bad item") : [.. items.Select(item => item * 10)];
    }
}
