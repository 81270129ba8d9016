using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Abstractions.Cameras;

/// <summary>
/// Meets strangers for all cameras with the same gallery of visitors, one after the other. So two cameras that see the same stranger for
/// the first time at the same moment make one visitor of them. Key: <see cref="KeyOf"/>.
/// </summary>
[Alias("fg.IVisitorsGrain")]
public interface IVisitorsGrain : IGrainWithStringKey
{
    /// <summary>The grain key of a gallery of visitors. For the prefix see <see cref="IGalleryGrain.KeyOf"/>.</summary>
    /// <param name="gallery">Gallery id.</param>
    /// <returns>The key.</returns>
    static string KeyOf(string gallery) => "visitors/" + gallery;

    /// <summary>Finds the visitor that a stranger is, or enrols them as a new one.</summary>
    /// <param name="stranger">The stranger.</param>
    /// <param name="cancellationToken">Ends the wait; the visitor may be enrolled all the same, and a repeated call finds them.</param>
    /// <returns>The visitor.</returns>
    /// <exception cref="FaceGridException">The gallery could not be asked, or did not take the visitor.</exception>
    [Alias("Meet")]
    Task<MetVisitor> MeetAsync(Stranger stranger, CancellationToken cancellationToken);
}
