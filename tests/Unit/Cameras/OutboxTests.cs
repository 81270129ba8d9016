using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Cameras.Sightings;
using FaceGrid.Cameras.Visits;
using FaceGrid.Grains.Cluster;
using FaceGrid.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cameras;

/// <summary>
/// Goal: what a camera tells is given up only when the log refuses it again and again, however long the database was away. Method: a log
/// that fails as told, and a clock that the test moves.
/// </summary>
public sealed class OutboxTests
{
    [Fact]
    public async Task A_mistake_after_a_long_outage_is_tried_again()
    {
        var log = new FailingLog([.. Enumerable.Repeat(Away(), 8), new InvalidOperationException("as the test wishes")]);
        (long published, long lost) = await RunAsync(log);
        (published, lost, log.Written.Single().Id).ShouldBe((1, 0, Visits.Id(1)));
    }

    [Fact]
    public async Task What_the_log_refuses_again_and_again_is_given_up()
    {
        var log = new FailingLog([.. Enumerable.Repeat(new InvalidOperationException("as the test wishes"), 5)]);
        (long published, long lost) = await RunAsync(log);
        (published, lost, log.Written.Count).ShouldBe((0, 1, 0));
    }

    private static async Task<(long Published, long Lost)> RunAsync(ISightingLog log)
    {
        var time = new FakeTimeProvider();
        using var alone = new SiloLease(null!, null!, null!, null!, time, NullLogger<SiloLease>.Instance, shared: false);
        await using var outbox = new Outbox(log, alone, time, NullLogger.Instance);
        outbox.Add(Visits.Unknown(1), picture: null, time.GetTimestamp());
        await Eventually.AssertAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(3));
            outbox.Waiting.ShouldBe(0);
            return Task.CompletedTask;
        });
        return (outbox.Published, outbox.Lost);
    }

    private static FaceGridException Away() => new(ErrorCodes.StorageUnavailable, "as the test wishes");

    /// <summary>Throws what it was given, one after the other, and then works.</summary>
    private sealed class FailingLog(IEnumerable<Exception> failures) : ISightingLog
    {
        private readonly Queue<Exception> _failures = new(failures);

        public List<Sighting> Written { get; } = [];

        public Task RecordAsync(Sighting sighting, byte[]? picture, CancellationToken cancellationToken)
        {
            if (_failures.TryDequeue(out Exception? failure))
            {
                throw failure;
            }

            Written.Add(sighting);
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<Sighting>> PresentAsync(string camera, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<Sighting>>([]);
    }
}
