namespace FaceGrid.Vision;

/// <summary>
/// What became of one picture. Everything but <see cref="Ok"/> is the sender's or the moment's doing, so it is data and no exception.
/// </summary>
public enum PictureStatus
{
    /// <summary>The picture was read; it may still hold no face.</summary>
    Ok = 0,

    /// <summary>There were no bytes.</summary>
    Empty = 1,

    /// <summary>The bytes are not a JPEG, PNG, WebP, BMP or GIF picture.</summary>
    NotAPicture = 2,

    /// <summary>The bytes begin as a picture but cannot be read to the end.</summary>
    Corrupt = 3,

    /// <summary>More bytes than <see cref="VisionOptions.ImageBytesMax"/>.</summary>
    TooManyBytes = 4,

    /// <summary>More pixels than <see cref="VisionOptions.ImagePixelsMax"/>, by the picture's header.</summary>
    TooManyPixels = 5,

    /// <summary>More pictures in flight than <see cref="VisionOptions.QueueLengthMax"/>; try again later.</summary>
    Busy = 6,

    /// <summary>
    /// A picture of a kind that is not read, such as an animated WebP or a JPEG with arithmetic coding, or of a format that
    /// <see cref="VisionOptions.RareFormats"/> turns off.
    /// </summary>
    Unsupported = 7
}
