using System.Text;

namespace FaceGrid.Tests.Support.Cameras;

/// <summary>A request as it came to a <see cref="CameraServer"/> or a <see cref="RtspServer"/>.</summary>
/// <param name="Method">The method, of HTTP or RTSP.</param>
/// <param name="Target">What is asked for.</param>
/// <param name="Headers">Names, in any case, and values.</param>
public sealed record CameraRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>Reads one, without a body.</summary>
    /// <exception cref="IOException">The client has closed.</exception>
    public static async Task<CameraRequest> ReadAsync(Stream stream)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one) == 0)
            {
                throw new IOException("The client has closed.");
            }

            head.Append((char)one[0]);
        }

        string[] lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string[] first = lines[0].Split(' ');
        return new CameraRequest(first[0], first[1], lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>A header's value, or null without it.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
