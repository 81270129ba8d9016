using System.Diagnostics;
using FaceGrid.Vision.Decoding;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace FaceGrid.Benchmarks.Codecs;

/// <summary>
/// Goal: what each codec costs. Method: one process on one core decodes the same pictures with both in turns; who begins changes with
/// every round. Per round the ratio of the two, over the rounds the median.
/// </summary>
internal static class CodecSpeed
{
    private const int PhotographCount = 3;

    /// <summary>Rounds that are not counted.</summary>
    private const int WarmUps = 2;

    /// <summary>
    /// Time that both codecs work on a format before anything is measured: managed code gets its last form only when it has run often,
    /// and is compiled on the same core.
    /// </summary>
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(8);

    /// <summary>Runs.</summary>
    /// <param name="data">Directory of photographs.</param>
    /// <param name="rounds">Measured rounds.</param>
    public static void Run(string data, int rounds)
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            using Process self = Process.GetCurrentProcess();
            self.ProcessorAffinity = 1;
        }

        IPictureDecoder imageSharp = new ImageSharpPictureDecoder(), skia = new SkiaPictureDecoder();
        Image<Rgba32>[] photographs = CodecPictures.ReadPhotographs(data, PhotographCount);
        foreach (string format in CodecPictures.Formats)
        {
            byte[]?[] files = [CodecPictures.Make(photographs[0], CodecPictures.Sizes[0].Width, CodecPictures.Sizes[0].Height, format)];
            for (long start = Stopwatch.GetTimestamp(); files[0] is not null && Stopwatch.GetElapsedTime(start) < WarmUpTime;)
            {
                Time(imageSharp, files!, longSideWanted: 0);
                Time(skia, files!, longSideWanted: 0);
            }
        }

        Console.WriteLine($"{photographs.Length} photographs, {rounds} rounds, one core; milliseconds per picture, median (least to most)");
        Console.WriteLine("| picture | bytes | imagesharp | skia | imagesharp / skia |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var (size, width, height) in CodecPictures.Sizes)
        {
            foreach (string format in CodecPictures.Formats)
            {
                byte[]?[] files = [.. photographs.Select(photograph => CodecPictures.Make(photograph, width, height, format))];
                if (files.Any(file => file is null))
                {
                    Console.WriteLine($"| {size} {format} | not made: jpegtran is missing | | | |");
                    continue;
                }

                Measure($"{size} {format}", files!, rounds, longSideWanted: 0);
                if (format.EndsWith("JPEG", StringComparison.Ordinal))
                {
                    Measure($"{size} {format}, an eighth is enough", files!, rounds, Math.Max(width, height) / 8);
                }
            }
        }

        void Measure(string name, byte[][] files, int count, int longSideWanted)
        {
            List<double> ours = [], theirs = [], ratios = [];
            for (int round = -WarmUps; round < count; round++)
            {
                bool begins = round % 2 == 0;
                double before = begins ? Time(imageSharp, files, longSideWanted) : 0;
                double other = Time(skia, files, longSideWanted);
                double own = begins ? before : Time(imageSharp, files, longSideWanted);
                if (round >= 0)
                {
                    ours.Add(own);
                    theirs.Add(other);
                    ratios.Add(own / other);
                }
            }

            Console.WriteLine(
                $"| {name} | {files.Average(file => file.Length):0} | {Statistics.Of(ours, "0.00")} | {Statistics.Of(theirs, "0.00")} | "
                    + $"{Statistics.Of(ratios, "0.00")} |");
        }
    }

    private static double Time(IPictureDecoder decoder, byte[][] files, int longSideWanted)
    {
        var limits = new PictureLimits(1 << 30, 50_000_000, longSideWanted);
        long start = Stopwatch.GetTimestamp();
        foreach (byte[] file in files)
        {
            using DecodedPicture picture = decoder.Decode(file, limits);
            if (picture.Image is null)
            {
                throw new InvalidOperationException(picture.Detail);
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / files.Length;
    }
}
