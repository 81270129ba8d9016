using System.Buffers;
using System.Runtime.InteropServices;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace FaceGrid.Vision.Decoding;

/// <summary>
/// A picture in memory: 8 bits per channel, row-major, four bytes per pixel (red, green, blue, unused), rows without gaps. With four bytes
/// instead of three, one 32-bit load reads a pixel.
/// </summary>
/// <remarks>Its creator owns it. It must not be used after <see cref="Dispose"/>, which returns its memory to a pool.</remarks>
public sealed class RgbImage : IDisposable
{
    /// <summary>Larger buffers do not come from the pool, so that the memory of one huge picture does not stay in it.</summary>
    private const int PooledBytesMax = 64 << 20;

    // The pixels are in this buffer or, when a codec decoded them, in the codec's picture.
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
    /// <param name="decoded">A picture whose pixels lie in one piece of memory. It is disposed together with this one.</param>
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

    /// <summary>Gives ImageSharp the same pixels without copying them.</summary>
    /// <param name="configuration">Configuration of ImageSharp.</param>
    /// <returns>A picture that must be used and disposed before this one is disposed.</returns>
    internal Image<Rgba32> AsImage(Configuration configuration)
    {
        if (_buffer is { } buffer)
        {
            return Image.WrapMemory<Rgba32>(configuration, buffer.AsMemory(0, Width * Height * 4), Width, Height);
        }

        ObjectDisposedException.ThrowIf(_decoded is null, this);
        return Image.WrapMemory(configuration, _decodedPixels, Width, Height);
    }

    /// <summary>Returns the memory.</summary>
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
