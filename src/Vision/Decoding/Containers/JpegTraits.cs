namespace FaceGrid.Vision.Decoding.Containers;

/// <summary>What the decoder needs to know about a JPEG before it decodes.</summary>
/// <param name="LacksHuffmanTables">
/// True when there are no Huffman tables, as in the motion JPEGs of some cameras. The tables of ITU-T T.81, section K.3, apply then.
/// </param>
/// <param name="ColourColumns">
/// Pixels side by side that share a colour: 1 or 2. It is 2 only for three components of which the first has all pixels.
/// </param>
/// <param name="ColourRows">Pixels below one another that share a colour: 1 or 2.</param>
internal readonly record struct JpegTraits(bool LacksHuffmanTables, int ColourColumns, int ColourRows);
