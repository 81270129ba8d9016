using System.Buffers;
using System.Runtime.InteropServices;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace FaceGrid.Vision.Decoding;

/// <summary>
/// A picture in memory: 8 bits per channel, row-major, four bytes per pixel (red, green, blue, one without meaning), rows without gaps.
/// Four bytes instead of three let one 32-bit load fetch a pixel.
/// </summary>
/// <remarks>Owned by whoever created it; not safe for use after <see cref="Dispose"/>, which gives its memory back to a pool.</remarks>
public sealed class RgbImage : IDisposable
{
    /// <summary>Larger buffers are left to the garbage collector, so that one huge picture does not stay in the pool.</summary>
    private const int PooledBytesMax = 64 << 20;

    // Pixels are in a buffer of ours or, where a codec made them, in its picture.
    private readonly bool _pooled;
    private byte[]? _buffer;
    private Image<Rgba32>? _decoded;
    private Memory<Rgba32> _decodedPixels;

    /// <summary>Creates a picture whose pixels are not set.</summary>
    /// <param name="width">Width in pixels, 1 or more.</param>
    /// <param name="height">Height in pixels, 1 or more; width x height is at most 536,870,911.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive or the picture too large.</exception>
    public RgbImage(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)width * height, Array.MaxLength / 4, nameof(height));
        Width = width;
        Height = height;
        int bytes = width * height * 4;
        _pooled = bytes <= PooledBytesMax;
        _buffer = _pooled ? ArrayPool<byte>.Shared.Rent(bytes) : GC.AllocateUninitializedArray<byte>(bytes);
    }

    /// <summary>Takes over the pixels of a decoded picture without copying them.</summary>
    /// <param name="decoded">Its pixels lie in one piece of memory; disposed with this.</param>
    /// <exception cref="ArgumentException">The pixels lie in several pieces.</exception>
    internal RgbImage(Image<Rgba32> decoded)
    {
        if (!decoded.DangerousTryGetSinglePixelMemory(out _decodedPixels))
        {
            throw new ArgumentException("The pixels of the picture lie in several pieces of memory.", nameof(decoded));
        }

        _decoded = decoded;
        Width = decoded.Width;
        Height = decoded.Height;
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>All pixels: width x height x 4 bytes.</summary>
    /// <exception cref="ObjectDisposedException">The picture was disposed.</exception>
    public Span<byte> Pixels
    {
        get
        {
            if (_buffer is { } buffer)
            {
                return buffer.AsSpan(0, Width * Height * 4);
            }

            ObjectDisposedException.ThrowIf(_decoded is null, this);
            return MemoryMarshal.AsBytes(_decodedPixels.Span);
        }
    }

    /// <summary>One row: width x 4 bytes.</summary>
    /// <param name="y">Row, 0 at the top.</param>
    public Span<byte> Row(int y) => Pixels.Slice(y * Width * 4, Width * 4);

    /// <summary>The same pixels for ImageSharp, not copied.</summary>
    /// <param name="configuration">How it works on them.</param>
    /// <returns>A picture to be used, and disposed, before this one is disposed.</returns>
    internal Image<Rgba32> AsImage(Configuration configuration)
    {
        if (_buffer is { } buffer)
        {
            return Image.WrapMemory<Rgba32>(configuration, buffer.AsMemory(0, Width * Height * 4), Width, Height);
        }

        ObjectDisposedException.ThrowIf(_decoded is null, this);
        return Image.WrapMemory(configuration, _decodedPixels, Width, Height);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        byte[]? buffer = Interlocked.Exchange(ref _buffer, null);
        if (buffer is not null && _pooled)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        Interlocked.Exchange(ref _decoded, null)?.Dispose();
    }
}
