namespace FaceGrid.Cli.Galleries;

/// <summary>One face of a person in a gallery file.</summary>
/// <param name="Id">The face's id; a face that is known by it is left alone on import.</param>
/// <param name="EnrolledAt">When it was enrolled, UTC, as the API writes it.</param>
/// <param name="Embedding">Base64 of little-endian float32, unit norm.</param>
internal sealed record GalleryFileFace(string Id, string? EnrolledAt, string Embedding);
