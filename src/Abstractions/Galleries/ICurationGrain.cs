using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;

namespace FaceGrid.Abstractions.Galleries;

/// <summary>
/// Keeps a gallery clean after enrolment, where several people are concerned at once. Stateless. Key: 0. Every method is idempotent:
/// repeat one that broke off.
/// </summary>
[Alias("fg.ICurationGrain")]
public interface ICurationGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Declares that two people are different, or takes that back. Checks at enrolment and the report do not name a declared pair.
    /// </summary>
    /// <param name="gallery">Gallery id.</param>
    /// <param name="person">One.</param>
    /// <param name="other">The other.</param>
    /// <param name="different">True to declare it.</param>
    /// <param name="cancellationToken">Ends the wait; the change may still be made.</param>
    /// <returns>When durable in both rows.</returns>
    /// <exception cref="FaceGridException">Gallery or person not found (declaring only), merge conflict, invalid parameter.</exception>
    [Alias("SetDifferent")]
    [ResponseTimeout("00:01:00")]
    Task<bool> SetDifferentAsync(string gallery, string person, string other, bool different, CancellationToken cancellationToken);

    /// <summary>
    /// Merges another person into this one: faces, labels and name move, and the other's row is erased; this row remembers them.
    /// </summary>
    /// <param name="gallery">Gallery id.</param>
    /// <param name="person">Who stays. Their own name and labels win.</param>
    /// <param name="other">Who goes.</param>
    /// <param name="cancellationToken">Ends the wait; the work may be half done: repeat the call to finish it.</param>
    /// <returns>The person who stays.</returns>
    /// <exception cref="FaceGridException">
    /// Gallery or person not found, merge conflict, too many faces, <see cref="ErrorCodes.ShardsMissing"/>.
    /// </exception>
    [Alias("Merge")]
    [ResponseTimeout("00:02:00")]
    Task<PersonInfo> MergeAsync(string gallery, string person, string other, CancellationToken cancellationToken);

    /// <summary>
    /// Undoes a merge. The other person is as before, less the faces removed since; this person keeps what was their own and what was
    /// enrolled since.
    /// </summary>
    /// <param name="gallery">Gallery id.</param>
    /// <param name="person">Who stayed.</param>
    /// <param name="other">Who went.</param>
    /// <param name="cancellationToken">Ends the wait; the work may be half done: repeat the call to finish it.</param>
    /// <returns>The other.</returns>
    /// <exception cref="FaceGridException">
    /// Gallery or person not found, <see cref="ErrorCodes.NotMerged"/>, merge conflict, <see cref="ErrorCodes.ShardsMissing"/>.
    /// </exception>
    [Alias("Unmerge")]
    [ResponseTimeout("00:02:00")]
    Task<PersonInfo> UnmergeAsync(string gallery, string person, string other, CancellationToken cancellationToken);

    /// <summary>
    /// Looks at one page of people in the order of their rows. Costs a read of their rows and, for look-alikes, a search per face.
    /// </summary>
    /// <param name="gallery">Gallery id.</param>
    /// <param name="after">Person id that the page before ended with, or null.</param>
    /// <param name="limit">People to look at, 1 to 1,000; a page ends earlier when they have more than 2,000 faces.</param>
    /// <param name="lookAlikes">True to search for look-alikes.</param>
    /// <param name="cancellationToken">Ends the call; it changes nothing.</param>
    /// <returns>The people with findings.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.GalleryNotFound"/>.</exception>
    [Alias("Report")]
    [ResponseTimeout("00:02:00")]
    Task<ReportPage> ReportAsync(string gallery, string? after, int limit, bool lookAlikes, CancellationToken cancellationToken);
}
