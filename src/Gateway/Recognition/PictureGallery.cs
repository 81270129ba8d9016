using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Gateway.Recognition;

/// <summary>A gallery for which pictures are read.</summary>
/// <param name="Id">Gallery id, checked.</param>
/// <param name="Enrols">True when faces are to be enrolled, false when they are to be searched for.</param>
internal readonly record struct PictureGallery(string Id, bool Enrols)
{
    /// <summary>What the gallery wants of a picture.</summary>
    /// <param name="map">The gallery's map, or null where there is no such gallery.</param>
    /// <returns>The contracts and extras that an embedder is asked for.</returns>
    public PictureWish WishOf(GalleryMap? map) => Enrols ? PictureWish.ToEnrol(map) : PictureWish.ToSearch(map);
}
