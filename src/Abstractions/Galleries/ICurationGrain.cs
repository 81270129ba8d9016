using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;

namespace FaceGrid.Abstractions.Galleries;

/// <summary>Stateless: what keeps a gallery clean after enrolment and concerns several people at once. Key: 0. Every method is idempotent; one that broke off is repeated.</summary>
[Alias("fg.ICurationGrain")]
public interface ICurationGrain : IGrainWithIntegerKey
{
    /// <summary>Declares that two people are not the same, or takes it back. Checks at enrolment and the report do not name the pair any more.</summary>
    /// <param name="gallery">Gallery id.</param>
    /// <param name="person">One.</param>
    /// <param name="other">The other.</param>
    /// <param name="different">True to declare it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>When durable in both rows.</returns>
    /// <exception cref="FaceGridException">Gallery or person not found (declaring only), merge conflict, invalid parameter.</exception>
    [Alias("SetDifferent")]
    [ResponseTimeout("00:01:00")]
    Task<bool> SetDifferentAsync(string gallery, string person, string other, bool different, CancellationToken cancellationToken);

    /// <summary>Merges somebody into a person: faces, labels and name move, the other disappears and is remembered in the person's row.</summary>
    /// <param name="gallery">Gallery id.</param>
    /// <param name="person">Who stays. Their own name and labels win.</param>
    /// <param name="other">Who goes.</param>
    /// <param name="cancellationToken">Gives up waiting; repeat to finish.</param>
    /// <returns>The person who stays.</returns>
    /// <exception cref="FaceGridException">Gallery or person not found, merge conflict, too many faces, <see cref="ErrorCodes.ShardsMissing"/>.</exception>
    [Alias("Merge")]
    [ResponseTimeout("00:02:00")]
    Task<PersonInfo> MergeAsync(string gallery, string person, string other, CancellationToken cancellationToken);

    /// <summary>Undoes a merge: the other is there again as before, without faces removed since, and the person has what was their own and what was enrolled since.</summary>
    /// <param name="gallery">Gallery id.</param>
    /// <param name="person">Who stayed.</param>
    /// <param name="other">Who went.</param>
    /// <param name="cancellationToken">Gives up waiting; repeat to finish.</param>
    /// <returns>The other.</returns>
    /// <exception cref="FaceGridException">Gallery or person not found, <see cref="ErrorCodes.NotMerged"/>, merge conflict, <see cref="ErrorCodes.ShardsMissing"/>.</exception>
    [Alias("Unmerge")]
    [ResponseTimeout("00:02:00")]
    Task<PersonInfo> UnmergeAsync(string gallery, string person, string other, CancellationToken cancellationToken);

    /// <summary>Looks at one page of people in the order of their rows. Costs a read of their rows and, for look-alikes, a search per face.</summary>
    /// <param name="gallery">Gallery id.</param>
    /// <param name="after">Person id that the page before ended with, or null.</param>
    /// <param name="limit">People to look at, 1 to 1,000; a page ends earlier when they have more than 2,000 faces.</param>
    /// <param name="lookAlikes">True to search for look-alikes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The people with findings.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.GalleryNotFound"/>.</exception>
    [Alias("Report")]
    [ResponseTimeout("00:02:00")]
    Task<ReportPage> ReportAsync(string gallery, string? after, int limit, bool lookAlikes, CancellationToken cancellationToken);
}
