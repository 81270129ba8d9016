namespace FaceGrid.Vision.Decoding;

/// <summary>The codecs, by their names in <see cref="VisionOptions.Codec"/>.</summary>
internal static class PictureCodecs
{
    /// <summary>ImageSharp: managed code.</summary>
    public const string ImageSharp = "imagesharp";

    /// <summary>SkiaSharp: native code, which can decode a JPEG at a reduced size.</summary>
    public const string Skia = "skia";

    /// <summary>Creates the decoder that the settings name.</summary>
    /// <param name="options">Checked settings.</param>
    public static IPictureDecoder CreateDecoder(VisionOptions options) =>
        string.Equals(options.Codec, Skia, StringComparison.OrdinalIgnoreCase)
        ? new SkiaPictureDecoder(options.RareFormats, options.ImagePixelsMax)
        : new ImageSharpPictureDecoder(options.RareFormats, options.ImagePixelsMax);
}
