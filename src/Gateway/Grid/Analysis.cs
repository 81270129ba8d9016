using FaceGrid.Abstractions.Embedding;

namespace FaceGrid.Gateway.Grid;

/// <summary>The faces of a picture, and the node that found them.</summary>
internal sealed record Analysis(PictureFaces Faces, string Node);
