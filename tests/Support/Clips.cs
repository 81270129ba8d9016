using System.Diagnostics;
using System.Globalization;

namespace FaceGrid.Tests.Support;

/// <summary>Frames of the clips at hand, decoded with the machine's ffmpeg.</summary>
public static class Clips
{
    /// <summary>Three people in an airliner, Jennifer Aniston among them, and passengers behind them. Five seconds, nobody leaves, no cut.</summary>
    public const string Airliner = "friends1.mp4";

    /// <summary>A singer in several shots and, after a cut, an audience in profile.</summary>
    public const string Concert = "short_hamilton_clip.mp4";

    /// <summary>Decodes a clip; skips the running test where there is no ffmpeg or no such clip.</summary>
    /// <param name="name">File name.</param>
    /// <param name="framesPerSecond">Frames per second of the clip.</param>
    /// <returns>JPEGs in order.</returns>
    public static async Task<byte[][]> FramesAsync(string name, double framesPerSecond)
    {
        string clip = Path.Combine(TestData.Pictures, "video", name);
        if (!File.Exists(clip))
        {
            TestData.Skip($"the test data have no {name} in their folder video");
        }

        using var directory = new TemporaryDirectory();
        string rate = string.Create(CultureInfo.InvariantCulture, $"fps={framesPerSecond}");
        var start = new ProcessStartInfo("ffmpeg", ["-v", "error", "-i", clip, "-vf", rate, "-q:v", "3", Path.Combine(directory.Path, "%04d.jpg")]) { UseShellExecute = false, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            string said = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"ffmpeg: {said}");
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            TestData.Skip("there is no ffmpeg to decode the clips with");
        }

        return [.. Directory.GetFiles(directory.Path).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
    }

    /// <summary>Packs a clip's video, as it is, into an MPEG transport stream, which can be read from anywhere in it; skips the running test where that cannot be done.</summary>
    /// <param name="name">File name.</param>
    public static byte[] TransportStream(string name)
    {
        Ffmpeg.Require();
        using var directory = new TemporaryDirectory();
        string target = Path.Combine(directory.Path, "clip.ts");
        using Process ffmpeg = Process.Start("ffmpeg", ["-v", "error", "-nostdin", "-i", Path.Combine(TestData.Pictures, "video", name), "-c", "copy", "-an", target]);
        return ffmpeg.WaitForExit(60_000) && ffmpeg.ExitCode == 0 ? File.ReadAllBytes(target) : throw new InvalidOperationException($"ffmpeg could not pack {name}.");
    }
}
