using System.Net;
using System.Net.Sockets;

namespace FaceGrid.Tests.Support;

/// <summary>The network between the other nodes and one of them: a TCP proxy on loopback that the node announces as its address, and that can be cut, held up and slowed down.</summary>
public sealed class NodeLink : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly HashSet<Socket> _open = [];
    private readonly int _target;
    private readonly Task _accepting;
    private TaskCompletionSource? _held;
    private TimeSpan _delay;
    private bool _cut;
    private int _accepted, _passed;

    /// <summary>Listens on a free port.</summary>
    /// <param name="target">Port on which the node itself listens.</param>
    public NodeLink(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>The port to announce.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that were asked for so far, those that were broken at once included.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Pieces of up to 64 KiB that came through so far, in both directions together.</summary>
    public int Passed => Volatile.Read(ref _passed);

    /// <summary>Breaks all connections, and every new one at once, until <see cref="Mend"/>.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            _cut = true;
            foreach (Socket socket in _open)
            {
                socket.Dispose();
            }
        }
    }

    /// <summary>Lets no byte through in either direction until <see cref="Mend"/>, and then those that were sent meanwhile: as when a switch hangs.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            _held ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Delivers what is sent later until <see cref="Mend"/>.</summary>
    /// <param name="delay">By how much, in each direction, for each piece of up to 64 KiB.</param>
    public void Slow(TimeSpan delay)
    {
        lock (_gate)
        {
            _delay = delay;
        }
    }

    /// <summary>Takes connections again after <see cref="Cut"/>; what else is wrong with the link stays.</summary>
    public void Join()
    {
        lock (_gate)
        {
            _cut = false;
        }
    }

    /// <summary>All is well again.</summary>
    public void Mend()
    {
        lock (_gate)
        {
            (_cut, _delay) = (false, TimeSpan.Zero);
            _held?.SetResult();
            _held = null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Dispose();
        Cut();
        await _accepting;
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                Socket near = await _listener.AcceptSocketAsync(_closing.Token);
                Interlocked.Increment(ref _accepted);
                _ = ServeAsync(near);
            }
            catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Closing, or the other side gave up between its call and now.
            }
        }
    }

    private async Task ServeAsync(Socket near)
    {
        using Socket far = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        try
        {
            if (!Enter(near, far))
            {
                return;
            }

            await far.ConnectAsync(IPAddress.Loopback, _target, _closing.Token);
            await Task.WhenAny(PumpAsync(near, far), PumpAsync(far, near));
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The node is gone, or the link was cut.
        }
        finally
        {
            lock (_gate)
            {
                _open.Remove(near);
                _open.Remove(far);
            }

            near.Dispose();
        }
    }

    private bool Enter(Socket near, Socket far)
    {
        lock (_gate)
        {
            return !_cut && _open.Add(near) && _open.Add(far);
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        byte[] piece = new byte[1 << 16];
        try
        {
            while (await from.ReceiveAsync(piece, SocketFlags.None, _closing.Token) is var length and > 0)
            {
                await PassAsync();
                await to.SendAsync(piece.AsMemory(0, length), SocketFlags.None, _closing.Token);
                Interlocked.Increment(ref _passed);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One end closed; the other is closed by who waits for this.
        }
    }

    private async Task PassAsync()
    {
        Task held;
        TimeSpan delay;
        lock (_gate)
        {
            (held, delay) = (_held?.Task ?? Task.CompletedTask, _delay);
        }

        await held.WaitAsync(_closing.Token);
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, _closing.Token);
        }
    }
}
