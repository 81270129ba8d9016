using System.Text;
using FaceGrid.Cameras.Sources;
using FaceGrid.Tests.Support.Cameras;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cameras;

/// <summary>
/// Goal: every whole picture of a stream is found, and nothing else, however the stream is cut into reads and whatever lies in between.
/// Method: made-up streams, fed in pieces of many sizes.
/// </summary>
public sealed class JpegSplitterTests
{
    private static byte[] Part => Encoding.ASCII.GetBytes("\r\n--boundary\r\nContent-Type: image/jpeg\r\nContent-Length: 17\r\n\r\n");

    [Fact]
    public void Whole_pictures_are_found_in_any_pieces_and_among_any_garbage()
    {
        byte[][] pictures =
            [MadeUpJpegs.Intricate(300, 1), MadeUpJpegs.OfWidth(40), MadeUpJpegs.Intricate(0, 0), MadeUpJpegs.Intricate(1_000, 0xD8)];
        byte[] half = MadeUpJpegs.Intricate(500, 3)[..400];
        byte[] headless = MadeUpJpegs.Intricate(500, 3)[..10];
        byte[] stream =
        [
            0, 0xFF, 0xD8, 0xFF, 0x00, 9, .. Part, .. pictures[0], .. pictures[1], .. Part, .. half, .. Part, .. pictures[2], .. Part,
                .. headless, .. Part, .. pictures[3],
            // A broken length may lead 64 KiB on before it is known to be broken.
            0xFF, 0xD8, 0xFF, 0xD9, 0xFF, 0xD8, 0xFF, 0xE0, 0, 1, 0xFF, .. new byte[70_000],
        ];
        var random = new Random(7);
        foreach (int piece in (int[])[1, 2, 3, 7, 100, 1_000, stream.Length, 0])
        {
            Split(stream, 1 << 20, () => piece > 0 ? piece : random.Next(1, 400)).Select(Convert.ToHexString)
                .ShouldBe(pictures.Select(Convert.ToHexString));
        }
    }

    [Fact]
    public void Pictures_of_a_hundred_reads_grow_the_buffer_and_too_large_ones_are_left_out()
    {
        byte[] large = MadeUpJpegs.Intricate(1_500_000, 5), small = MadeUpJpegs.Intricate(10, 6),
            huge = MadeUpJpegs.Intricate(5_000_000, 4);
        var splitter = new JpegSplitter(4 << 20);
        List<byte[]> found = Feed(splitter, [.. large, .. Part, .. huge, .. Part, .. small, .. large], () => 60_000);
        found.Select(picture => picture.Length).ShouldBe([large.Length, small.Length, large.Length]);
        found[2].AsSpan().SequenceEqual(large).ShouldBeTrue();
        splitter.TooLarge.ShouldBe(1);
        splitter.Broken.ShouldBe(0);
    }

    [Fact]
    public void Garbage_without_end_costs_no_memory()
    {
        var splitter = new JpegSplitter(128 << 10);
        var random = new Random(1);
        for (int i = 0; i < 2_000; i++)
        {
            Memory<byte> free = splitter.Free();
            free.Length.ShouldBeLessThanOrEqualTo(256 << 10);
            random.NextBytes(free.Span);
            splitter.Filled(free.Length);
            splitter.TryTake(out _).ShouldBeFalse();
        }
    }

    /// <summary>Each start leads through all segments that follow; were it followed to the end, so would every other.</summary>
    [Fact]
    public void A_picture_of_thousands_of_segments_is_none()
    {
        byte[] segment = [0xFF, 0xE1, 0, 4, 1, 2], fill = [.. Enumerable.Repeat((byte)0xFF, 5_000)];
        byte[] good = MadeUpJpegs.Intricate(100, 7), scan = [0xFF, 0xDA, 0, 2, 1, 0xFF, 0xD9];
        byte[] Chain(int segments) => [0xFF, 0xD8, .. Enumerable.Repeat(segment, segments).SelectMany(each => each), .. scan];
        Split([.. Chain(5_000), .. good], 1 << 20, () => 1_000).ShouldHaveSingleItem().ShouldBe(good);
        Split([0xFF, 0xD8, .. fill, .. segment, .. scan, .. good], 1 << 20, () => 1_000).ShouldHaveSingleItem().ShouldBe(good);
        Split([.. Chain(500), .. good], 1 << 20, () => 1_000).Count.ShouldBe(2);
    }

    private static List<byte[]> Split(byte[] stream, int max, Func<int> piece) => Feed(new JpegSplitter(max), stream, piece);

    private static List<byte[]> Feed(JpegSplitter splitter, byte[] stream, Func<int> piece)
    {
        List<byte[]> found = [];
        for (int at = 0; at < stream.Length;)
        {
            Memory<byte> free = splitter.Free();
            int count = Math.Min(Math.Min(piece(), free.Length), stream.Length - at);
            stream.AsMemory(at, count).CopyTo(free);
            splitter.Filled(count);
            at += count;
            while (splitter.TryTake(out ReadOnlySpan<byte> picture))
            {
                found.Add(picture.ToArray());
            }
        }

        return found;
    }
}
