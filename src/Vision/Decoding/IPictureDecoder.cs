namespace FaceGrid.Vision.Decoding;

/// <summary>Turns encoded pictures into pixels. Each codec is one implementation.</summary>
/// <remarks>Implementations are safe for concurrent calls and do not keep the bytes.</remarks>
public interface IPictureDecoder
{
    /// <summary>Decodes one picture and turns it upright by its EXIF orientation. Of an animation it decodes the first frame.</summary>
    /// <param name="picture">The encoded bytes.</param>
    /// <param name="limits">Checked before memory for pixels is allocated.</param>
    /// <returns>The pixels, or a status that says why there are none. Bad input never throws. The caller disposes the result.</returns>
    DecodedPicture Decode(ReadOnlySpan<byte> picture, PictureLimits limits);
}
