using System.Buffers.Binary;

namespace FaceGrid.Vision.Decoding.Containers;

/// <summary>
/// Walks the blocks of a GIF (GIF89a specification, sections 15 to 26 and appendix F) up to the end of its first picture.
/// </summary>
internal static class GifContainer
{
    private const int BitsMax = 12, TableMax = 1 << BitsMax;
    private const byte Extension = 0x21, Descriptor = 0x2C;

    /// <summary>
    /// Checks that the first picture is whole and lies within the screen. The codecs see the file only up to the end of this picture, so
    /// that they do not read thousands of pictures of an animation. ImageSharp fills damaged rows with the first colour and reports
    /// success, so the codes of the pixels are checked here.
    /// </summary>
    /// <param name="gif">The whole file.</param>
    /// <returns>The container.</returns>
    public static Container Inspect(ReadOnlySpan<byte> gif)
    {
        // Bytes: signature 6, width 2, height 2, flags 1, background 1, aspect 1, and the colour table if the flags announce one.
        int at = gif.Length >= 13 ? 13 + TableLength(gif[10]) : gif.Length;
        while (at < gif.Length)
        {
            byte kind = gif[at];
            if (kind == Extension && SkipBlocks(gif, at + 2) is var next and > 0)
            {
                at = next;
                continue;
            }

            // Bytes: kind 1, left 2, top 2, width 2, height 2, flags 1.
            if (kind != Descriptor || gif.Length - at < 10 || !IsOnScreen(gif, gif.Slice(at + 1, 8)))
            {
                break;
            }

            int data = at + 10 + TableLength(gif[at + 9]);
            int end = SkipBlocks(gif, data + 1);
            return end > 0 && HoldsPixels(gif[data..end], (long)Read(gif, at + 5) * Read(gif, at + 7))
                ? Container.Whole(end, 0, 0, gif)
                : Container.Damaged(PictureFormat.Gif);
        }

        return Container.Damaged(PictureFormat.Gif);
    }

    private static int Read(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static bool IsOnScreen(ReadOnlySpan<byte> gif, ReadOnlySpan<byte> place) =>
        Read(place, 4) > 0
            && Read(place, 6) > 0
            && Read(place, 0) + Read(place, 4) <= Read(gif, 6)
            && Read(place, 2) + Read(place, 6) <= Read(gif, 8);

    /// <summary>
    /// Reads the codes of the pixels, LZW with a table of at most 4,096 entries, and counts the pixels. The table only keeps how many
    /// pixels each entry stands for.
    /// </summary>
    /// <param name="data">One byte with the bits of the smallest code, then blocks.</param>
    /// <param name="pixels">Pixels of the picture.</param>
    /// <returns>True when the codes give at least that many pixels and none of these codes is unknown.</returns>
    private static bool HoldsPixels(ReadOnlySpan<byte> data, long pixels)
    {
        int bitsMin = data[0];
        if (bitsMin is < 2 or > 8)
        {
            return false;
        }

        Span<int> lengths = stackalloc int[TableMax];
        lengths[..(1 << bitsMin)].Fill(1);
        int clear = 1 << bitsMin, next = clear + 2, bits = bitsMin + 1, previous = -1, buffer = 0, buffered = 0;
        for (int block = 1; data[block] > 0; block += 1 + data[block])
        {
            foreach (byte value in data.Slice(block + 1, data[block]))
            {
                buffer |= value << buffered;
                buffered += 8;
                while (buffered >= bits)
                {
                    int code = buffer & ((1 << bits) - 1);
                    (buffer, buffered) = (buffer >> bits, buffered - bits);
                    if (code == clear)
                    {
                        (next, bits, previous) = (clear + 2, bitsMin + 1, -1);
                        continue;
                    }

                    // The end code, or a code without an entry. A code may stand for the entry that it creates itself.
                    if (code == clear + 1 || (previous < 0 ? code > clear : code > next))
                    {
                        return false;
                    }

                    if (previous >= 0 && next < TableMax)
                    {
                        lengths[next++] = lengths[previous] + 1;
                        bits = next == 1 << bits && bits < BitsMax ? bits + 1 : bits;
                    }

                    previous = code;
                    pixels -= lengths[code];
                    if (pixels <= 0)
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    private static int TableLength(byte flags) => (flags & 0x80) != 0 ? 3 << ((flags & 7) + 1) : 0;

    /// <summary>
    /// Finds the position after a row of blocks; -1 when the file ends before it. A block is a length and that many bytes. The last block
    /// has length 0.
    /// </summary>
    private static int SkipBlocks(ReadOnlySpan<byte> gif, int at)
    {
        while (at < gif.Length)
        {
            int length = gif[at];
            at += 1 + length;
            if (length == 0)
            {
                return at;
            }
        }

        return -1;
    }
}
