namespace FaceGrid.Vision;

/// <summary>
/// The outcome for one picture. A failure is caused by the sender or by the current load, so it is a status and not an exception.
/// </summary>
public enum PictureStatus
{
    /// <summary>The picture was read. It may still hold no face.</summary>
    Ok = 0,

    /// <summary>There were no bytes.</summary>
    Empty = 1,

    /// <summary>The bytes are not a JPEG, PNG, WebP, BMP or GIF picture.</summary>
    NotAPicture = 2,

    /// <summary>The bytes begin like a picture but cannot be read to the end.</summary>
    Corrupt = 3,

    /// <summary>The picture has more bytes than <see cref="VisionOptions.ImageBytesMax"/>.</summary>
    TooManyBytes = 4,

    /// <summary>By its header, the picture has more pixels than <see cref="VisionOptions.ImagePixelsMax"/>.</summary>
    TooManyPixels = 5,

    /// <summary>As many pictures as <see cref="VisionOptions.QueueLengthMax"/> are waiting or in work. Try again later.</summary>
    Busy = 6,

    /// <summary>
    /// The kind of picture is not supported, such as an animated WebP or a JPEG with arithmetic coding, or
    /// <see cref="VisionOptions.RareFormats"/> turns its format off.
    /// </summary>
    Unsupported = 7
}
