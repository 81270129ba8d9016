namespace FaceGrid.Vision.Decoding.Containers;

/// <summary>What the decoder must know of a JPEG beforehand.</summary>
/// <param name="LacksHuffmanTables">
/// True when there are no Huffman tables, as in the motion JPEGs of some cameras: those of ITU-T T.81, section K.3, are meant.
/// </param>
/// <param name="ColourColumns">
/// Pixels side by side that share a colour: 1, or 2 in three components of which the first has all pixels.
/// </param>
/// <param name="ColourRows">Pixels below one another that share a colour: 1 or 2.</param>
internal readonly record struct JpegTraits(bool LacksHuffmanTables, int ColourColumns, int ColourRows);
