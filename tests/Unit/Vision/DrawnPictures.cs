using System.Buffers.Binary;
using FaceGrid.Vision.Decoding;
using SkiaSharp;

namespace FaceGrid.Tests.Vision;

/// <summary>Pictures made by the tests themselves.</summary>
internal static class DrawnPictures
{
    /// <summary>Four quarters of different colours with a corner mark, so that every turn and mirror image is told apart.</summary>
    public static SKBitmap Quarters(int width, int height)
    {
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        int right = width / 2, below = height / 2;
        foreach ((int x, int y) in new[] { (0, 0), (right, 0), (0, below), (right, below) })
        {
            bitmap.Erase(Colour(x, y, width, height), new SKRectI(x, y, x == 0 ? right : width, y == 0 ? below : height));
        }

        return bitmap;
    }

    public static SKColor Colour(int x, int y, int width, int height) => (x < width / 2, y < height / 2) switch
    {
        (true, true) => new(230, 30, 30),
        (false, true) => new(30, 230, 30),
        (true, false) => new(30, 30, 230),
        _ => new(220, 220, 220)
    };

    public static byte[] Encode(SKBitmap bitmap, SKEncodedImageFormat format)
    {
        using var data = bitmap.Encode(format, 100);
        return data.ToArray();
    }

    /// <summary>Puts an EXIF orientation into a JPEG, right after its first marker.</summary>
    public static byte[] WithOrientation(byte[] jpeg, int orientation)
    {
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, (byte)'E', (byte)'x', (byte)'i', (byte)'f', 0, 0,
            (byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0
        ];
        return [.. jpeg.AsSpan(0, 2), .. exif, .. jpeg.AsSpan(2)];
    }

    /// <summary>An uncompressed 24-bit BMP.</summary>
    public static byte[] Bmp(SKBitmap bitmap)
    {
        int stride = (bitmap.Width * 3 + 3) / 4 * 4, length = 54 + stride * bitmap.Height;
        byte[] bytes = new byte[length];
        bytes[0] = (byte)'B';
        bytes[1] = (byte)'M';
        foreach (var (at, value) in new[] { (2, length), (10, 54), (14, 40), (18, bitmap.Width), (22, bitmap.Height), (34, stride * bitmap.Height) })
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);
        }

        bytes[26] = 1;
        bytes[28] = 24;
        for (int y = 0; y < bitmap.Height; y++)
        {
            for (int x = 0; x < bitmap.Width; x++)
            {
                var colour = bitmap.GetPixel(x, y);
                int at = 54 + (bitmap.Height - 1 - y) * stride + 3 * x;
                (bytes[at], bytes[at + 1], bytes[at + 2]) = (colour.Blue, colour.Green, colour.Red);
            }
        }

        return bytes;
    }

    /// <summary>A GIF with two frames of one colour each. The codes are uncompressed: the table is cleared before it grows.</summary>
    public static byte[] TwoFrameGif(int width, int height)
    {
        var bytes = new List<byte>();
        bytes.AddRange("GIF89a"u8.ToArray());
        bytes.AddRange([(byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 0x80, 0, 0, 200, 10, 20, 10, 20, 200]);
        for (int frame = 0; frame < 2; frame++)
        {
            bytes.AddRange([0x21, 0xF9, 4, 0, 10, 0, 0, 0, 0x2C, 0, 0, 0, 0, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 0, 2]);
            AddPixels(bytes, width * height, frame);
        }

        bytes.Add(0x3B);
        return [.. bytes];
    }

    /// <summary>A PNG whose header says <paramref name="width"/> x <paramref name="height"/> and that holds almost nothing else.</summary>
    public static byte[] PngHeader(int width, int height)
    {
        using var tiny = new SKBitmap(1, 1);
        byte[] png = Encode(tiny, SKEncodedImageFormat.Png);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), height);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Crc(png.AsSpan(12, 17)));
        return png;
    }

    public static RgbImage Noise(int width, int height, int seed)
    {
        var image = new RgbImage(width, height);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            }
        }

        return ~crc;
    }

    private static void AddPixels(List<byte> bytes, int count, int colour)
    {
        // Three-bit codes: 4 clears the table, 5 ends. Clearing after every pixel keeps the codes at three bits.
        var codes = new List<int>();
        for (int pixel = 0; pixel < count; pixel++)
        {
            codes.Add(4);
            codes.Add(colour);
        }

        codes.Add(5);
        var packed = new List<byte>();
        int buffer = 0, bits = 0;
        foreach (int code in codes)
        {
            buffer |= code << bits;
            bits += 3;
            while (bits >= 8)
            {
                packed.Add((byte)buffer);
                buffer >>= 8;
                bits -= 8;
            }
        }

        packed.Add((byte)buffer);
        foreach (byte[] block in packed.Chunk(255))
        {
            bytes.Add((byte)block.Length);
            bytes.AddRange(block);
        }

        bytes.Add(0);
    }
}
