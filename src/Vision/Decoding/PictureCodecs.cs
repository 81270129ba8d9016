namespace FaceGrid.Vision.Decoding;

/// <summary>The codecs by the names that <see cref="VisionOptions.Codec"/> has for them.</summary>
internal static class PictureCodecs
{
    /// <summary>ImageSharp: managed code.</summary>
    public const string ImageSharp = "imagesharp";

    /// <summary>SkiaSharp: native code, which can decode a JPEG at a reduced size.</summary>
    public const string Skia = "skia";

    /// <summary>Makes the decoder that the settings name.</summary>
    /// <param name="options">Checked settings.</param>
    public static IPictureDecoder CreateDecoder(VisionOptions options) =>
        string.Equals(options.Codec, Skia, StringComparison.OrdinalIgnoreCase)
        ? new SkiaPictureDecoder(options.RareFormats, options.ImagePixelsMax)
        : new ImageSharpPictureDecoder(options.RareFormats, options.ImagePixelsMax);
}
