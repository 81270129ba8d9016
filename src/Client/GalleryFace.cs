namespace FaceGrid.Client;

/// <summary>One face of a person, vector included.</summary>
/// <param name="Id">The face's id; enrolling a face under an id that the person has already changes nothing.</param>
/// <param name="EnrolledAt">When it was enrolled, UTC, as the API writes it.</param>
/// <param name="Embedding">Base64 of little-endian float32, unit norm; see <see cref="VectorText"/>.</param>
public sealed record GalleryFace(string Id, string? EnrolledAt, string Embedding);
