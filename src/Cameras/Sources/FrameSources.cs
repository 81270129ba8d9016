using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Cameras.Outbound;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FaceGrid.Cameras.Sources;

/// <summary>Opens sources of frames with this node's settings.</summary>
internal sealed class FrameSources(
    IOptions<FrameSourceOptions> options, AddressRules rules, TimeProvider time, ILogger<FrameSource> log) : IFrameSources
{
    private const double FramesPerSecondMax = 60;
    private const string FileScheme = "file:";

    private readonly FrameSourceOptions _options = options.Value;

    /// <inheritdoc/>
    public IFrameSource Open(CameraSource source, double framesPerSecond, int widthMax)
    {
        if (!(framesPerSecond > 0 && framesPerSecond <= FramesPerSecondMax))
        {
            throw new FaceGridException(ErrorCodes.InvalidCamera, $"Frames per second are above 0 and at most {FramesPerSecondMax}.");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(widthMax);
        IFrameReader reader = source.Kind switch
        {
            CameraSourceKind.Mjpeg => new MjpegReader(Http(source), _options.FrameBytesMax),
            CameraSourceKind.Snapshot => new SnapshotReader(Http(source), framesPerSecond, _options.FrameBytesMax, time),
            CameraSourceKind.Video => new VideoReader(Inputs(source), _options, framesPerSecond, widthMax),
            _ => throw new ArgumentException("Nothing is fetched from a camera whose frames are pushed.", nameof(source)),
        };
        return new FrameSource(reader, framesPerSecond, _options.SilenceMax, Random.Shared, time, log);
    }

    private CameraHttp Http(CameraSource source)
    {
        Check(source, "http", "https");
        return new CameraHttp(source, rules);
    }

    private FfmpegInputs Inputs(CameraSource source)
    {
        string? file = source.Address?.StartsWith(FileScheme, StringComparison.Ordinal) == true
            ? FileOf(source.Address[FileScheme.Length..])
            : null;
        if (file is null)
        {
            Check(source, FfmpegInputs.Schemes);
        }

        return new FfmpegInputs(source, rules, file);
    }

    private void Check(CameraSource source, params ReadOnlySpan<string> schemes)
    {
        if (rules.Complaint(source.Address ?? "", schemes) is { } complaint)
        {
            throw new FaceGridException(ErrorCodes.InvalidCamera, complaint);
        }
    }

    /// <summary>Full path of a file in the directory of videos. No path outside of it may be named, whether it exists or not.</summary>
    private string FileOf(string name)
    {
        if (_options.VideoDirectory.Length == 0)
        {
            throw new FaceGridException(
                ErrorCodes.InvalidCamera,
                "This grid plays no files: setting FaceGrid:CameraSources:VideoDirectory of the nodes names no directory.");
        }

        string root = Path.GetFullPath(_options.VideoDirectory + Path.DirectorySeparatorChar);
        string file = name.Contains('\0') ? "" : Path.GetFullPath(Path.Combine(root, name.TrimStart('/')));
        return file.Length > root.Length && file.StartsWith(root, StringComparison.Ordinal)
            ? file
            : throw new FaceGridException(ErrorCodes.InvalidCamera, "The address names no file in the directory of videos of the nodes.");
    }
}
