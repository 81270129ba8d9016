using System.Text.Json;

namespace FaceGrid.Cli.Galleries;

/// <summary>One person's line in a gallery file, and in the body of the bulk endpoint.</summary>
/// <param name="Id">The person's id.</param>
/// <param name="Name">Display name, or null.</param>
/// <param name="Labels">Labels as the API writes them, or null.</param>
/// <param name="Faces">The faces, vectors included.</param>
/// <param name="Contract">Only in requests: the contract the vectors are said to follow.</param>
internal sealed record GalleryFilePerson(string Id, string? Name, JsonElement? Labels, IReadOnlyList<GalleryFileFace> Faces, string? Contract = null);
