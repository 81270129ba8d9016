using System.Net;
using System.Net.Sockets;

namespace FaceGrid.Silo;

/// <summary>Ports on the loopback address.</summary>
internal static class LoopbackPort
{
    /// <summary>
    /// The wanted port when it is free, otherwise another free one. Another process may take it before the node does. The node then fails
    /// to start and says so.
    /// </summary>
    /// <param name="wanted">1 to 65,535, or 0 for any.</param>
    /// <returns>A port that was free a moment ago.</returns>
    public static int FreeOr(int wanted) => wanted != 0 && TryBind(wanted) is { } port ? port : TryBind(0)!.Value;

    private static int? TryBind(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
