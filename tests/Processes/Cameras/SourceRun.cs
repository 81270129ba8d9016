using System.Collections.Concurrent;
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Cameras.Outbound;
using FaceGrid.Cameras.Sources;
using FaceGrid.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Shouldly;

namespace FaceGrid.Tests.Cameras;

/// <summary>A source that runs, what it has delivered, and how it is. Loopback is allowed unless a test says otherwise.</summary>
internal sealed class SourceRun : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly IFrameSource _source;
    private readonly Task _running;

    public SourceRun(
        CameraSource source, double framesPerSecond = 60, int widthMax = 1280, FrameSourceOptions? options = null, string[]? allow = null)
    {
        _source = Sources(options, allow).Open(source, framesPerSecond, widthMax);
        _running = _source.RunAsync(frame => Frames.Enqueue(frame), _over.Token);
    }

    public ConcurrentQueue<Frame> Frames { get; } = new();

    public SourceHealth Health => _source.Health;

    public static IFrameSources Sources(FrameSourceOptions? options = null, string[]? allow = null) => new FrameSources(
        Options.Create(options ?? new FrameSourceOptions()),
            new AddressRules(Options.Create(new OutboundOptions { Allow = allow ?? ["loopback"] })), TimeProvider.System,
            NullLogger<FrameSource>.Instance);

    public Task UntilAsync(Func<SourceRun, bool> holds) => Eventually.AssertAsync(
        () =>
        {
            holds(this).ShouldBeTrue($"{Frames.Count} frames, {Health}");
            return Task.CompletedTask;
        });

    /// <summary>Waits until the source says why it does not deliver.</summary>
    public async Task<string> ErrorAsync()
    {
        await UntilAsync(run => run.Health is { Error: not null, Connected: false });
        return Health.Error!;
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync(); // Not disposed: a test may end a run before its own end.
        await _running; // Never throws.
        _source.Health.Connected.ShouldBeFalse();
    }
}
