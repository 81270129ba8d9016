namespace FaceGrid.Cli.Galleries;

/// <summary>The last line of a gallery file: proof that nothing is missing or altered.</summary>
/// <param name="End">Always true.</param>
/// <param name="People">Lines between header and footer.</param>
/// <param name="Faces">Faces in those lines.</param>
/// <param name="Sha256">SHA-256 of all bytes before this line, line breaks included; 64 lower-case hex digits.</param>
internal sealed record GalleryFileFooter(bool End, long People, long Faces, string Sha256);
