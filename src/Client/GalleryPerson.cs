using System.Text.Json;

namespace FaceGrid.Client;

/// <summary>
/// One person of a gallery, vectors included: as the API lists them, as its bulk endpoint takes them, and as a gallery file holds them.
/// </summary>
/// <param name="Id">The person's id.</param>
/// <param name="Name">Display name, or null.</param>
/// <param name="Labels">Labels as the API writes them, or null.</param>
/// <param name="Faces">The faces.</param>
/// <param name="Contract">Only in requests: the contract that the vectors are said to follow.</param>
public sealed record GalleryPerson(string Id, string? Name, JsonElement? Labels, IReadOnlyList<GalleryFace> Faces, string? Contract = null);
