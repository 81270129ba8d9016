namespace FaceGrid.Vision.Decoding;

/// <summary>Turns pixels into encoded pictures.</summary>
/// <remarks>Implementations are safe for concurrent calls and do not keep the pixels.</remarks>
public interface IPictureEncoder
{
    /// <summary>Encodes a picture as baseline JPEG.</summary>
    /// <param name="image">The pixels. They are not changed.</param>
    /// <param name="quality">Quality, 1 to 100, by the tables of ITU-T T.81 annex K.</param>
    /// <param name="fullColour">True to store a colour for every pixel (4:4:4); false for one per 2 x 2 pixels (4:2:0).</param>
    /// <returns>The bytes of the file.</returns>
    byte[] EncodeJpeg(RgbImage image, int quality, bool fullColour);
}
