using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Abstractions.Embedding;

/// <summary>What is wanted of the faces of a picture besides where they are.</summary>
/// <param name="Embed">True to compute embeddings.</param>
/// <param name="Contract">Contract that the embeddings must have, or null for the node's own.</param>
/// <param name="OtherContract">A second contract to embed under as well, or null.</param>
/// <param name="Crop">True for aligned cut-outs of the faces that are embedded.</param>
[GenerateSerializer, Immutable]
[Alias("fg.picture-wish")]
public sealed record AnalysisRequest(
    [property: Id(0)] bool Embed,
    [property: Id(1)] string? Contract = null,
    [property: Id(2)] string? OtherContract = null,
    [property: Id(3)] bool Crop = false)
{
    /// <summary>Only boxes, landmarks and quality.</summary>
    public static AnalysisRequest Faces { get; } = new(Embed: false);

    /// <summary>Embeddings of the node's own contract.</summary>
    public static AnalysisRequest Embeddings { get; } = new(Embed: true);

    /// <summary>
    /// Embeddings as a gallery searches them; of the node's own contract while it has none, or names one that no embedder makes.
    /// </summary>
    /// <param name="map">The gallery, or null.</param>
    /// <returns>The request.</returns>
    public static AnalysisRequest ToSearch(GalleryMap? map) => new(Embed: true, Made(map?.Contract));

    /// <summary>Everything that a gallery keeps of a face.</summary>
    /// <param name="map">The gallery, or null.</param>
    /// <returns>The request.</returns>
    public static AnalysisRequest ToEnrol(GalleryMap? map) =>
        new(Embed: true, Made(map?.Contract), map?.Other?.Id, map?.Enrolment?.Crops == true);

    // Callers may bind any name; vectors of such a contract come from them alone, and the gallery refuses others.
    private static string? Made(Contract? contract) => contract?.Profile() is null ? null : contract.Id;
}
