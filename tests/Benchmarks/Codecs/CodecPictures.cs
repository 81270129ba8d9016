using System.Diagnostics;
using FaceGrid.Tests.Support;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace FaceGrid.Benchmarks.Codecs;

/// <summary>Photographs at the sizes and in the formats that are measured, made from photographs of the user's at run time.</summary>
internal static class CodecPictures
{
    /// <summary>Sizes by the names that people have for them.</summary>
    public static readonly (string Name, int Width, int Height)[] Sizes =
    [
        ("VGA", 640, 480),
        ("720p", 1280, 720),
        ("4K", 3840, 2160),
        ("12 MP", 4000, 3000),
    ];

    /// <summary>Formats in the order of the table.</summary>
    public static readonly string[] Formats = ["baseline JPEG", "progressive JPEG", "PNG", "WebP"];

    private const int JpegQuality = 90, WebpQuality = 85;

    /// <summary>Reads the photographs to work with.</summary>
    /// <param name="directory">Directory of JPEG files.</param>
    /// <param name="count">How many at most; the largest files are taken.</param>
    public static Image<Rgba32>[] ReadPhotographs(string directory, int count) =>
        [.. Directory.GetFiles(directory, "*.jpg")
            .OrderByDescending(file => new FileInfo(file).Length)
            .ThenBy(file => file, StringComparer.Ordinal)
            .Take(count)
            .Select(file => Image.Load<Rgba32>(file))];

    /// <summary>Makes one picture.</summary>
    /// <param name="photograph">The photograph; cut to the shape, not distorted.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <returns>The file; null where the program that makes it is missing.</returns>
    public static byte[]? Make(Image<Rgba32> photograph, int width, int height, string format)
    {
        using Image<Rgba32> picture = photograph.Clone(
            context => context.Resize(new ResizeOptions { Size = new Size(width, height), Mode = ResizeMode.Crop }));
        byte[] file = Encode(picture, format switch
        {
            "PNG" => new PngEncoder { ColorType = PngColorType.Rgb },
            "WebP" => new WebpEncoder { Quality = WebpQuality, FileFormat = WebpFileFormatType.Lossy },
            _ => new JpegEncoder { Quality = JpegQuality, ColorType = JpegColorType.YCbCrRatio420 },
        });
        return format == "progressive JPEG" ? MakeProgressive(file) : file;
    }

    private static byte[] Encode(Image<Rgba32> picture, IImageEncoder encoder)
    {
        using var file = new MemoryStream();
        picture.Save(file, encoder);
        return file.ToArray();
    }

    /// <summary>
    /// The same coefficients in the scans that libjpeg writes: neither codec's library writes progressive JPEGs, so jpegtran does.
    /// </summary>
    private static byte[]? MakeProgressive(byte[] baseline)
    {
        using var directory = new TemporaryDirectory();
        string source = Path.Combine(directory.Path, "in.jpg"), target = Path.Combine(directory.Path, "out.jpg");
        File.WriteAllBytes(source, baseline);
        try
        {
            using Process program = Process.Start("jpegtran", ["-progressive", "-outfile", target, source]);
            program.WaitForExit();
            return program.ExitCode == 0 ? File.ReadAllBytes(target) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
