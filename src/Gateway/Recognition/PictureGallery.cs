using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Gateway.Recognition;

/// <summary>A gallery for which a picture is read.</summary>
/// <param name="Id">Gallery id, checked.</param>
/// <param name="Enrols">True when faces are to be enrolled, false when they are to be searched for.</param>
internal readonly record struct PictureGallery(string Id, bool Enrols)
{
    /// <summary>Tells what an embedder has to compute from a picture for this gallery.</summary>
    /// <param name="map">The gallery's map, or null when there is no such gallery.</param>
    /// <returns>The contracts and extras to ask the embedder for.</returns>
    public AnalysisRequest RequestFor(GalleryMap? map) => Enrols ? AnalysisRequest.ToEnrol(map) : AnalysisRequest.ToSearch(map);
}
