namespace FaceGrid.Abstractions.Cameras;

/// <summary>How a camera gets its frames. The numbers are stored: they never change.</summary>
public enum CameraSourceKind
{
    /// <summary>A program sends them to <c>/v1/cameras/{c}/frames</c>.</summary>
    Push = 0,

    /// <summary>A multipart HTTP answer that never ends, a JPEG in each part, as most network cameras send it.</summary>
    Mjpeg = 1,

    /// <summary>A picture at an HTTP address, fetched again and again.</summary>
    Snapshot = 2,

    /// <summary>Anything that the machine's <c>ffmpeg</c> reads: RTSP, HTTP streams, files.</summary>
    Video = 3,
}
