namespace FaceGrid.Cameras.Sources;

/// <summary>
/// Finds complete JPEG pictures in a stream of bytes by the structure of JPEG alone (ITU-T T.81, annex B). Multipart boundaries, part
/// headers and lengths lie between pictures and are skipped like any garbage, so it does not matter how a camera writes them, or whether it
/// does. A picture that breaks off in its image data is dropped and the next one is found. Thumbnails inside of segments are not mistaken
/// for pictures. Each byte is looked at once unless a picture turns out to be none.
/// </summary>
/// <param name="frameBytesMax">Larger pictures are dropped; the buffer never holds much more.</param>
internal sealed class JpegSplitter(int frameBytesMax)
{
    private const int ReadBytes = 64 << 10;

    /// <summary>
    /// Most segments and fill bytes before the image data: an embedded colour profile is up to 255 segments. An attacker could string
    /// together thousands, each with the start of a picture, so that every start is followed through all the others.
    /// </summary>
    private const int StepsMax = 1_000;

    // Start of image, and the first byte of the marker that follows.
    private static ReadOnlySpan<byte> Start => [0xFF, 0xD8, 0xFF];

    private byte[] _buffer = new byte[2 * ReadBytes];
    private int _start; // Bytes from here on may belong to a picture.
    private int _end;
    private bool _open; // A picture begins at _start, and everything before _at has been found in order.
    private bool _inScan;
    private int _at;
    private int _steps;

    /// <summary>Pictures dropped because they were too large.</summary>
    public long TooLarge { get; private set; }

    /// <summary>Pictures dropped because they broke off or were none.</summary>
    public long Broken { get; private set; }

    /// <summary>Buffer for the next bytes; pictures that were taken before are overwritten.</summary>
    /// <returns>At least 64 KiB.</returns>
    public Memory<byte> Free()
    {
        if (_buffer.Length - _end < ReadBytes)
        {
            byte[] target = _end - _start + ReadBytes > _buffer.Length
                ? new byte[Math.Min(2 * _buffer.Length, frameBytesMax + (2 * ReadBytes))]
                : _buffer;
            _buffer.AsSpan(_start, _end - _start).CopyTo(target);
            _buffer = target;
            _at -= _start;
            _end -= _start;
            _start = 0;
        }

        return _buffer.AsMemory(_end);
    }

    /// <summary>Bytes have come.</summary>
    /// <param name="count">How many, at the beginning of <see cref="Free"/>.</param>
    public void Filled(int count) => _end += count;

    /// <summary>Takes the next complete picture.</summary>
    /// <param name="picture">The picture, valid until <see cref="Free"/> is called.</param>
    /// <returns>False when more bytes are needed.</returns>
    public bool TryTake(out ReadOnlySpan<byte> picture)
    {
        picture = default;
        while (_open || FindStart())
        {
            switch (Advance())
            {
                case true when _at - _start <= frameBytesMax:
                    picture = _buffer.AsSpan(_start, _at - _start);
                    (_start, _open) = (_at, false);
                    return true;
                case false:
                    Broken++;
                    Drop(found: _inScan);
                    break;
                case null when _end - _start <= frameBytesMax:
                    return false;
                default:
                    TooLarge++;
                    Drop(found: true);
                    break;
            }
        }

        return false;
    }

    private bool FindStart()
    {
        int found = _buffer.AsSpan(_start, _end - _start).IndexOf(Start);
        if (found < 0)
        {
            _start = Math.Max(_start, _end - (Start.Length - 1));
            return false;
        }

        _start += found;
        (_at, _inScan, _open, _steps) = (_start + 2, false, true, 0);
        return true;
    }

    /// <summary>Drops the open picture.</summary>
    /// <param name="found">
    /// Whether its segments were found in order. Then the next picture begins no earlier than at <see cref="_at"/>, and a thumbnail before
    /// that is none. Otherwise a wrong length may have led past the next picture.
    /// </param>
    private void Drop(bool found) => (_start, _open) = (found ? Math.Min(_at, _end) : _start + 2, false);

    /// <summary>Moves on through the open picture.</summary>
    /// <returns>True at its end, false when this is no picture, null when bytes are missing.</returns>
    private bool? Advance()
    {
        while (_at + 1 < _end)
        {
            if (_buffer[_at] != 0xFF)
            {
                if (!_inScan)
                {
                    return false;
                }

                int found = _buffer.AsSpan(_at, _end - _at).IndexOf((byte)0xFF);
                _at = found < 0 ? _end : _at + found;
                continue;
            }

            byte marker = _buffer[_at + 1];
            switch (marker)
            {
                case 0xFF when MayGoOn(): // Fill byte.
                    _at++;
                    continue;
                case 0xFF:
                    return false;
                case 0x00 or (>= 0xD0 and <= 0xD7) when _inScan: // A stuffed zero, or a restart.
                    _at += 2;
                    continue;
                case 0xD9:
                    _at += 2;
                    return _inScan; // Without a scan there is no picture.
                case 0x00 or 0x01 or (>= 0xD0 and <= 0xD8): // Out of place; D8 begins another picture.
                    return false;
            }

            if (_at + 3 >= _end)
            {
                return null;
            }

            int length = (_buffer[_at + 2] << 8) | _buffer[_at + 3];
            if (length < 2 || !MayGoOn())
            {
                return false;
            }

            _at += 2 + length;
            _inScan |= marker == 0xDA;
        }

        return null;
    }

    private bool MayGoOn() => _inScan || ++_steps <= StepsMax;
}
