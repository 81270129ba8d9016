using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace FaceGrid.Load.Cameras;

/// <summary>Decodes a clip once. So showing the clip costs no more than sending it.</summary>
internal static class Clip
{
    private static readonly TimeSpan LengthMax = TimeSpan.FromMinutes(2);

    /// <summary>Decodes a clip's first two minutes into JPEGs.</summary>
    /// <param name="ffmpeg">The program.</param>
    /// <param name="video">The clip.</param>
    /// <param name="framesPerSecond">Rate.</param>
    /// <param name="widthMax">Wider clips are scaled down.</param>
    /// <param name="blackSeconds">Seconds of black frames after the last frame.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>The frames in order; at least one.</returns>
    /// <exception cref="LoadException">There is no such clip, no ffmpeg, or it cannot decode the clip.</exception>
    public static async Task<byte[][]> DecodeAsync(
        string ffmpeg, string video, double framesPerSecond, int widthMax, double blackSeconds, CancellationToken cancellationToken)
    {
        if (!File.Exists(video))
        {
            throw new LoadException($"There is no file '{video}'.", "file");
        }

        string directory = Directory.CreateTempSubdirectory("facegrid-clip-").FullName;
        try
        {
            string filters = string.Create(
                CultureInfo.InvariantCulture,
                $"fps={framesPerSecond},scale='min({widthMax},iw)':-2,tpad=stop_mode=add:stop_duration={blackSeconds}:color=black");
            string seconds = string.Create(CultureInfo.InvariantCulture, $"{LengthMax.TotalSeconds}");
            ProcessStartInfo start = new(
                ffmpeg,
                [
                    "-v",
                    "error",
                    "-nostdin",
                    "-t",
                    seconds,
                    "-i",
                    video,
                    "-an",
                    "-vf",
                    filters,
                    "-q:v",
                    "3",
                    Path.Combine(directory, "%06d.jpg"),
                ])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
            };
            using Process process = Start(start);
            // A running ffmpeg would go on writing into a directory that is being deleted.
            using CancellationTokenRegistration stopping = cancellationToken.Register(process.Kill);
            string said = await process.StandardError.ReadToEndAsync(CancellationToken.None);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            string[] files = [.. Directory.GetFiles(directory).Order(StringComparer.Ordinal)];
            return process.ExitCode == 0 && files.Length > 0
                ? await Task.WhenAll(files.Select(file => File.ReadAllBytesAsync(file, cancellationToken)))
                : throw new LoadException($"ffmpeg cannot decode '{video}': {said.Trim()}", "clip");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new LoadException(
                $"ffmpeg cannot be started as '{start.FileName}' ({missing.Message}): install it, or give --ffmpeg.", "ffmpeg");
        }
    }
}
