namespace FaceGrid.Vision.Decoding;

/// <summary>Turns encoded pictures into pixels. Another codec is another implementation of this.</summary>
/// <remarks>Implementations are safe for concurrent calls and do not keep the bytes.</remarks>
public interface IPictureDecoder
{
    /// <summary>Decodes one picture, the first frame of an animation, and turns it upright by its EXIF orientation.</summary>
    /// <param name="picture">The encoded bytes.</param>
    /// <param name="limits">Checked before memory for pixels is taken.</param>
    /// <returns>The pixels, or a status saying why there are none. Bad input never throws. The caller disposes it.</returns>
    DecodedPicture Decode(ReadOnlySpan<byte> picture, PictureLimits limits);
}
