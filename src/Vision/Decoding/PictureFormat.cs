namespace FaceGrid.Vision.Decoding;

/// <summary>A format of encoded pictures.</summary>
internal enum PictureFormat
{
    /// <summary>JPEG, ITU-T T.81.</summary>
    Jpeg,

    /// <summary>PNG, W3C third edition.</summary>
    Png,

    /// <summary>WebP, RFC 9649.</summary>
    Webp,

    /// <summary>GIF 87a and 89a.</summary>
    Gif,

    /// <summary>Windows bitmap.</summary>
    Bmp
}
