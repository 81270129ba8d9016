using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.Metadata;

namespace FaceGrid.Vision.Decoding;

/// <summary>
/// Configures ImageSharp: only the formats of FaceGrid, one thread, bounded memory. Its own default enables all formats and uses all
/// threads.
/// </summary>
internal static class ImageSharpSetup
{
    /// <summary>
    /// Most pixels of a picture in one piece of memory. ImageSharp 2.1 allocates at most 1 GiB for one buffer, and a pixel has four bytes.
    /// </summary>
    public const long PixelsMax = (1 << 28) - 1;

    /// <summary>
    /// Memory that is kept for the next picture. ImageSharp pools only pieces of 4 MiB. The memory of a larger picture is returned to the
    /// system at once.
    /// </summary>
    private const int PoolMegabytesMax = 64;

    /// <summary>
    /// Smallest limit of one buffer. Unusual pictures, such as one pixel high and 65,535 wide, are rounded up to whole blocks.
    /// </summary>
    private const int BufferMegabytesMin = 16;

    /// <summary>For pictures that are decoded already: no formats, pixels in one piece of memory.</summary>
    public static Configuration Plain { get; } = new()
    {
        MaxDegreeOfParallelism = 1,
        PreferContiguousImageBuffers = true,
        MemoryAllocator = MemoryAllocator.Create(new MemoryAllocatorOptions { MaximumPoolSizeMegabytes = PoolMegabytesMax }),
    };

    /// <summary>Creates a configuration.</summary>
    /// <param name="rareFormats">False to leave out GIF and BMP.</param>
    /// <param name="pixelsMax">
    /// Most pixels of a picture. One buffer may take four bytes per pixel plus a sixteenth. The limit applies to each buffer. A
    /// progressive JPEG needs, besides its pixels, two bytes per pixel for each of up to four colours.
    /// </param>
    public static Configuration Create(bool rareFormats, long pixelsMax)
    {
        var configuration = new Configuration
        {
            MaxDegreeOfParallelism = 1,
            PreferContiguousImageBuffers = true,
            MemoryAllocator = MemoryAllocator.Create(new MemoryAllocatorOptions
            {
                MaximumPoolSizeMegabytes = PoolMegabytesMax,
                AllocationLimitMegabytes = (int)Math.Max(BufferMegabytesMin, Math.Min(pixelsMax, PixelsMax) * 17 / 4 / (1 << 20) + 1),
            }),
        };
        // Metadata is never read. PNG texts would be expanded without a limit, and the time for small profile segments of a JPEG grows
        // with the square of their number.
        var formats = configuration.ImageFormatsManager;
        formats.SetDecoder(JpegFormat.Instance, new JpegDecoder { IgnoreMetadata = true });
        formats.AddImageFormatDetector(new JpegImageFormatDetector());
        formats.SetDecoder(PngFormat.Instance, new PngDecoder { IgnoreMetadata = true });
        formats.AddImageFormatDetector(new PngImageFormatDetector());
        formats.SetDecoder(WebpFormat.Instance, new WebpDecoder { IgnoreMetadata = true });
        formats.AddImageFormatDetector(new WebpImageFormatDetector());
        if (rareFormats)
        {
            formats.SetDecoder(GifFormat.Instance, new GifDecoder { IgnoreMetadata = true, DecodingMode = FrameDecodingMode.First });
            formats.AddImageFormatDetector(new GifImageFormatDetector());
            formats.SetDecoder(BmpFormat.Instance, new BmpDecoder());
            formats.AddImageFormatDetector(new BmpImageFormatDetector());
        }

        return configuration;
    }
}
