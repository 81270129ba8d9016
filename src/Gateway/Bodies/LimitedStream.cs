using FaceGrid.Abstractions.Errors;

namespace FaceGrid.Gateway.Bodies;

/// <summary>A read-only view of a body, or of a part of one, that counts its bytes and refuses to go past a limit.</summary>
/// <param name="inner">The body; not disposed.</param>
/// <param name="bytesMax">Most bytes that may be read.</param>
/// <param name="isPart">True for a part of a form. There a failed read means a malformed form, not a broken connection.</param>
internal sealed class LimitedStream(Stream inner, long bytesMax, bool isPart = false) : Stream
{
    public long BytesRead { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => BytesRead;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            int count = await inner.ReadAsync(buffer, cancellationToken);
            BytesRead += count;
            return BytesRead <= bytesMax ? count : throw TooMany(bytesMax);
        }
        catch (IOException exception) when (!isPart && exception is not BadHttpRequestException)
        {
            throw new ClientGoneException(exception);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public static FaceGridException TooMany(long bytesMax) =>
        new(ErrorCodes.TooManyBytes, $"The body is larger than the {bytesMax} bytes that this route accepts.");
}
