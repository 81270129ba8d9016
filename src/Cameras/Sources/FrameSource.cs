using FaceGrid.Abstractions.Cameras;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Cameras.Sources;

/// <summary>Keeps a reader reading: starts it again when it ends, fails or falls silent.</summary>
internal sealed partial class FrameSource : IFrameSource
{
    private readonly IFrameReader _reader;
    private readonly FrameSink _sink;
    private readonly TimeSpan _silenceMax;
    private readonly RetryDelays _delays;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    public FrameSource(IFrameReader reader, double framesPerSecond, TimeSpan silenceMax, Random random, TimeProvider time, ILogger log)
    {
        _reader = reader;
        _sink = new FrameSink(framesPerSecond, time);
        _silenceMax = silenceMax + (2 * TimeSpan.FromSeconds(1 / framesPerSecond));
        _delays = new RetryDelays(random);
        _time = time;
        _log = log;
    }

    /// <inheritdoc/>
    public SourceHealth Health => _sink.Health;

    /// <inheritdoc/>
    public async Task RunAsync(Action<Frame> onFrame, CancellationToken cancellationToken)
    {
        while (true)
        {
            string words = await ReadOnceAsync(onFrame, cancellationToken);
            if (cancellationToken.IsCancellationRequested)
            {
                _sink.Ended(words: null);
                return;
            }

            _sink.Ended(words);
            if (_sink.IsSteady)
            {
                _delays.Reset();
            }

            await Task.Delay(_delays.Next(), _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            _sink.Restarting();
        }
    }

    /// <summary>Reads until the reader ends, and says why it did.</summary>
    private async Task<string> ReadOnceAsync(Action<Frame> onFrame, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(_silenceMax, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        _sink.Begin(onFrame, () => silence.CancelAfter(_silenceMax));
        try
        {
            await _reader.ReadAsync(_sink, either.Token);
            return "The camera ended the stream.";
        }
        catch (Exception) when (either.IsCancellationRequested)
        {
            return $"No picture came for {_silenceMax.TotalSeconds:0.#} s. {_sink.Note}".TrimEnd();
        }
        catch (SourceFailure failure)
        {
            return failure.Message;
        }
        catch (Exception failure)
        {
            // Whatever a camera does must not end this loop. A failure without words is a mistake of ours.
            LogUnexpected(failure);
            return "Something failed that should not; the node's log says what.";
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A source of frames failed unexpectedly.")]
    private partial void LogUnexpected(Exception failure);
}
