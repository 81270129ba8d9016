namespace FaceGrid.Vision.Decoding;

/// <summary>A rectangle of whole pixels inside a picture.</summary>
/// <param name="Left">Its first column.</param>
/// <param name="Top">Its first row.</param>
/// <param name="Width">Columns, 1 or more.</param>
/// <param name="Height">Rows, 1 or more.</param>
internal readonly record struct PixelRegion(int Left, int Top, int Width, int Height);
