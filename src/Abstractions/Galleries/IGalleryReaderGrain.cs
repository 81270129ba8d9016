using FaceGrid.Abstractions.Errors;

namespace FaceGrid.Abstractions.Galleries;

/// <summary>Stateless reader of rows: lists of galleries and people. Key: 0.</summary>
[Alias("fg.IGalleryReaderGrain")]
public interface IGalleryReaderGrain : IGrainWithIntegerKey
{
    /// <summary>Lists all galleries by id.</summary>
    /// <param name="cancellationToken">Ends the call; it changes nothing.</param>
    /// <returns>Galleries without counts.</returns>
    [Alias("ListGalleries")]
    [ResponseTimeout("00:01:00")]
    Task<GalleryInfo[]> ListGalleriesAsync(CancellationToken cancellationToken);

    /// <summary>Reads one page of people in the order of their rows.</summary>
    /// <param name="gallery">Gallery id.</param>
    /// <param name="after">Person id of the last person of the page before, or null.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="name">Keep only people whose display name contains this, ignoring case; null keeps all.</param>
    /// <param name="vectors">True to include the templates.</param>
    /// <param name="cancellationToken">Ends the call; it changes nothing.</param>
    /// <returns>
    /// The page. With a name filter a page may be short, even empty, and still have a next one: it reads at most 50,000 rows.
    /// </returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.GalleryNotFound"/>.</exception>
    [Alias("ListPeople")]
    [ResponseTimeout("00:01:00")]
    Task<PeoplePage> ListPeopleAsync(
        string gallery, string? after, int limit, string? name, bool vectors, CancellationToken cancellationToken);

    /// <summary>
    /// Reads one page of the people who need enrolling again. During a migration these lack vectors of the model that is not searched,
    /// otherwise vectors of the gallery's own.
    /// </summary>
    /// <param name="gallery">Gallery id.</param>
    /// <param name="after">Person id that the page before ended with (<see cref="LackingPage.Next"/>), or null.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="cancellationToken">Ends the call; it changes nothing.</param>
    /// <returns>The page; it reads at most 50,000 rows.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.GalleryNotFound"/>.</exception>
    [Alias("ListLacking")]
    [ResponseTimeout("00:01:00")]
    Task<LackingPage> ListLackingAsync(string gallery, string? after, int limit, CancellationToken cancellationToken);
}
