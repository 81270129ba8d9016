using FaceGrid.Vision.Decoding;

namespace FaceGrid.Tests.Vision.Decoding;

/// <summary>All tests of a codec with ImageSharp.</summary>
public sealed class ImageSharpPictureDecoderTests() : PictureDecoderTests(new ImageSharpPictureDecoder());
