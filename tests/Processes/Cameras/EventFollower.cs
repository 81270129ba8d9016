using System.Collections.Concurrent;
using FaceGrid.Tests.Support;

namespace FaceGrid.Tests.Cameras;

/// <summary>
/// Listens to events in the background, from the first that is kept on; when its gateway goes it resumes at the next one.
/// </summary>
internal sealed class EventFollower : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly Task _following;

    /// <summary>Begins.</summary>
    /// <param name="gateways">Those that there are, the one that is to be used first.</param>
    public EventFollower(Func<IEnumerable<NodeProcess>> gateways) => _following = FollowAsync(gateways);

    /// <summary>Kinds and positions of the events that came, in order.</summary>
    public ConcurrentQueue<(string Kind, long Position)> Reported { get; } = new();

    /// <summary>How often it has connected.</summary>
    public int Connections { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _following;
        _over.Dispose();
    }

    private async Task FollowAsync(Func<IEnumerable<NodeProcess>> gateways)
    {
        EventListener? listener = null;
        for (int attempt = 0; !_over.IsCancellationRequested; attempt++)
        {
            try
            {
                NodeProcess[] all = [.. gateways()];
                if (all.Length == 0)
                {
                    await Task.Delay(100, _over.Token);
                    continue;
                }

                HttpClient gateway = all[attempt % all.Length].Http;
                listener ??= new EventListener(gateway, "/v1/events?after=0");
                await listener.ConnectAsync(_over.Token, gateway);
                Connections++;
                while (true)
                {
                    (string kind, long position, _) = await listener.NextAsync(_over.Token);
                    Reported.Enqueue((kind, position));
                }
            }
            catch (Exception gone) when (
                gone is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The next one, or the end.
            }
        }

        listener?.Dispose();
    }
}
