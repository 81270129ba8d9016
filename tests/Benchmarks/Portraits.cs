using System.IO.Compression;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace FaceGrid.Benchmarks;

/// <summary>Portraits enlarged to the height of a camera frame, on grey.</summary>
internal static class Portraits
{
    /// <summary>Makes frames.</summary>
    /// <param name="data">Directory with LFW pictures in zip files.</param>
    /// <param name="count">How many at most, each of another person.</param>
    /// <param name="width">Width of a frame in pixels.</param>
    /// <param name="height">Height of a frame in pixels, at most its width.</param>
    public static byte[][] Read(string data, int count, int width, int height)
    {
        using ZipArchive archive = ZipFile.OpenRead(Directory.GetFiles(data, "*.zip").Order(StringComparer.Ordinal).First());
        var pictures = new List<byte[]>();
        foreach (
            ZipArchiveEntry entry in archive.Entries.Where(entry => entry.Name.EndsWith("_0001.jpg", StringComparison.Ordinal)).Take(count))
        {
            using Stream stream = entry.Open();
            using Image<Rgba32> portrait = Image.Load<Rgba32>(stream);
            portrait.Mutate(
                context =>
                    context.Resize(
                        new ResizeOptions
                        {
                            Size = new Size(height, height),
                            Sampler = KnownResamplers.MitchellNetravali,
                        }).Pad(width, height, Color.Gray));
            using var file = new MemoryStream();
            portrait.Save(file, new JpegEncoder { Quality = 90, ColorType = JpegColorType.YCbCrRatio420 });
            pictures.Add(file.ToArray());
        }

        return [.. pictures];
    }
}
