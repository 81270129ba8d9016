namespace FaceGrid.Gateway;

/// <summary>The faces of a picture, and the node that found them.</summary>
internal sealed record Analysis(PictureFaces Faces, string Node);
