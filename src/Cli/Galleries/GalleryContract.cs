namespace FaceGrid.Cli.Galleries;

/// <summary>What makes vectors comparable, as the API writes it.</summary>
/// <param name="Id">The contract's id.</param>
/// <param name="Dimension">Numbers per vector.</param>
internal sealed record GalleryContract(string Id, int Dimension);
