using System.Globalization;
using FaceGrid.Vision;
using FaceGrid.Vision.Decoding;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Vision.Decoding;

/// <summary>
/// Goal: whatever bytes come, the default codec answers with a status and keeps no memory. Method: seeded mutations of drawn pictures in
/// all formats, and of photographs where there are some.
/// <c>FACEGRID_MUTATED_PICTURES</c> says how many; default 600.
/// </summary>
public sealed class MutatedPictureTests(ITestOutputHelper output)
{
    private const int CountDefault = 600, Seed = 20_261_201;

    /// <summary>
    /// Growth from the first third to the end, of what the garbage collector knows and of the whole process. The second goes up and down
    /// with pools (ImageSharp's may keep 64 MiB) and with what malloc keeps.
    /// </summary>
    private const long ManagedGrowthBytesMax = 8 << 20, GrowthBytesMax = 192 << 20;

    private static readonly TimeSpan DecodingTimeMax = TimeSpan.FromMinutes(2);

    private static readonly PictureLimits Limits = new(BytesMax: 10 << 20, PixelsMax: 4_000_000);

    private static readonly PictureStatus[] Documented =
    [
        PictureStatus.Ok, PictureStatus.Empty, PictureStatus.NotAPicture, PictureStatus.Corrupt,
        PictureStatus.TooManyBytes, PictureStatus.TooManyPixels, PictureStatus.Unsupported,
    ];

    [Fact]
    public async Task Decode_MutatedPictures_GivesDocumentedStatusesAndKeepsNoMemory()
    {
        int count = int.TryParse(
            Environment.GetEnvironmentVariable("FACEGRID_MUTATED_PICTURES"),
            CultureInfo.InvariantCulture,
            out int wanted) ? wanted : CountDefault;
        byte[][] originals = [.. PictureSamples.Good().Select(sample => sample.Bytes), .. Photographs()];
        var random = new Random(Seed);
        var decoder = new ImageSharpPictureDecoder(pixelsMax: Limits.PixelsMax);
        var outcomes = new SortedDictionary<PictureStatus, int>();
        var memory = new List<(long Managed, long Process)>();
        for (int number = 0; number < count; number++)
        {
            byte[] bytes = Mutate(originals, random);
            using DecodedPicture picture = await DecodeAsync(decoder, bytes, number);
            Documented.ShouldContain(picture.Status, $"picture {number} of seed {Seed}");
            (picture.Image is not null).ShouldBe(picture.Status == PictureStatus.Ok, $"picture {number} of seed {Seed}");
            outcomes[picture.Status] = outcomes.GetValueOrDefault(picture.Status) + 1;
            if (number >= count / 3 && (number + 1) % Math.Max(1, count / 9) == 0)
            {
                memory.Add(Memory());
            }
        }

        string answers = string.Join(", ", outcomes.Select(one => $"{one.Key} {one.Value}"));
        output.WriteLine($"{count} pictures from {originals.Length}: {answers}");
        output.WriteLine($"MiB managed/in all: {string.Join(", ", memory.Select(one => $"{one.Managed >> 20}/{one.Process >> 20}"))}");
        outcomes.Keys.ShouldContain(PictureStatus.Corrupt);
        (memory[^1].Managed - memory[0].Managed).ShouldBeLessThan(ManagedGrowthBytesMax);
        (memory[^1].Process - memory[0].Process).ShouldBeLessThan(GrowthBytesMax);
    }

    /// <summary>Decodes in a task, so that a picture whose decoding never ends is named.</summary>
    private static async Task<DecodedPicture> DecodeAsync(IPictureDecoder decoder, byte[] bytes, int number)
    {
        try
        {
            return await Task.Run(() => decoder.Decode(bytes, Limits)).WaitAsync(DecodingTimeMax, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException timeout)
        {
            throw new TimeoutException($"Picture {number} of seed {Seed} is not decoded after {DecodingTimeMax}.", timeout);
        }
    }

    private static IEnumerable<byte[]> Photographs()
    {
        string? directory = Environment.GetEnvironmentVariable("FACEGRID_TEST_DATA");
        string group = Path.Combine(directory ?? "", "group");
        return directory is not null && Directory.Exists(group)
            ? Directory.GetFiles(group, "*.jpg")
                .Order(StringComparer.Ordinal)
                .Select(File.ReadAllBytes)
                .Where(bytes => bytes.Length < 100_000)
            : [];
    }

    private static (long Managed, long Process) Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return (GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }

    /// <summary>One to three changes: bytes, lengths, pieces that are missing, doubled or of another picture.</summary>
    private static byte[] Mutate(byte[][] originals, Random random)
    {
        byte[] bytes = [.. originals[random.Next(originals.Length)]];
        for (int change = random.Next(1, 4); change > 0 && bytes.Length > 16; change--)
        {
            // Half of the changes hit the headers, where most of the parsing is.
            int reach = random.Next(2) == 0 ? Math.Min(bytes.Length, 700) : bytes.Length;
            int at = random.Next(reach - 8), length = random.Next(1, Math.Min(bytes.Length - at, 400));
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.AsSpan(at, random.Next(1, 5)).Fill((byte)(random.Next(2) * 255));
                    break;
                case 3:
                    bytes = [.. bytes[..at], .. bytes[(at + length)..]];
                    break;
                case 4:
                    bytes = [.. bytes[..(at + length)], .. bytes[at..]];
                    break;
                default:
                    byte[] other = originals[random.Next(originals.Length)];
                    bytes = [.. bytes[..at], .. other[Math.Min(at, other.Length)..]];
                    break;
            }
        }

        return bytes;
    }
}
