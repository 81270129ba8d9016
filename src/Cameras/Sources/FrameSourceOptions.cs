using System.ComponentModel.DataAnnotations;

namespace FaceGrid.Cameras.Sources;

/// <summary>How this node fetches frames from cameras. Section <c>FaceGrid:CameraSources</c>.</summary>
public sealed class FrameSourceOptions
{
    /// <summary>
    /// The program that decodes video, ffmpeg 5.1 or later: a path, or a name that is looked for as the shell does. Default <c>ffmpeg</c>.
    /// Only cameras with video need it.
    /// </summary>
    [Required]
    public string FfmpegPath { get; set; } = "ffmpeg";

    /// <summary>The directory whose files cameras may play (<c>file:name.mp4</c>). Empty, the default, means none.</summary>
    public string VideoDirectory { get; set; } = "";

    /// <summary>Largest picture a camera may send. Range 64 KiB to 64 MiB, default 10 MiB. Larger ones are dropped.</summary>
    [Range(64 << 10, 64 << 20)]
    public int FrameBytesMax { get; set; } = 10 << 20;

    /// <summary>
    /// A camera that sends no complete picture for so long is connected to again; the time of two of the wanted frames is added. Range 1 s
    /// to 5 min, default 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan SilenceMax { get; set; } = TimeSpan.FromSeconds(10);
}
