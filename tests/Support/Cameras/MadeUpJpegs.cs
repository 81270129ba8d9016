using SkiaSharp;

namespace FaceGrid.Tests.Support.Cameras;

/// <summary>Pictures that tests can tell apart.</summary>
public static class MadeUpJpegs
{
    /// <summary>A small JPEG whose width is a number.</summary>
    public static byte[] OfWidth(int width)
    {
        using var bitmap = new SKBitmap(width, 16);
        bitmap.Erase(new SKColor((uint)(0xFF000000 | (width * 7919))));
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        return data.ToArray();
    }

    /// <summary>The width of a JPEG, which must be whole enough to be decoded.</summary>
    public static int WidthOf(ReadOnlyMemory<byte> picture)
    {
        using SKBitmap bitmap = SKBitmap.Decode(picture.ToArray());
        return bitmap.Width;
    }

    /// <summary>Whether a picture is the very same.</summary>
    public static bool Are(ReadOnlyMemory<byte> picture, byte[] other) => picture.Span.SequenceEqual(other);

    /// <summary>A JPEG with a thumbnail in its header, restarts, stuffed zeros, fill bytes and two scans, which is all in order although nobody could decode it.</summary>
    public static byte[] Intricate(int scanBytes, byte content)
    {
        byte[] thumbnail = [0xFF, 0xD8, 0xFF, 0xDB, 0, 2, 0xFF, 0xDA, 0, 2, 1, 2, 3, 0xFF, 0xD9];
        byte[] scan = [.. Enumerable.Repeat(content, scanBytes), 0xFF, 0x00, 7, 0xFF, 0xD0, 8, 0xFF, 0xD7, 0xFF, 0x00];
        return
        [
            0xFF, 0xD8, 0xFF, 0xE1, 0, (byte)(2 + thumbnail.Length), .. thumbnail, 0xFF, 0xFF, 0xDB, 0, 4, 1, 2,
            0xFF, 0xDA, 0, 3, 9, .. scan, 0xFF, 0xC4, 0, 4, 0xFF, 0xD9, 0xFF, 0xDA, 0, 2, .. scan, 0xFF, 0xFF, 0xD9,
        ];
    }
}
