using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Grains.Galleries;

/// <summary>Passes over the people of a gallery that migrates to another model.</summary>
internal interface IMigrationPasses
{
    /// <summary>Makes the vectors that are missing and can be made, and counts.</summary>
    /// <param name="map">The gallery's map.</param>
    /// <param name="contract">Contract of the vectors.</param>
    /// <param name="note">Called with what was found so far; may throw to end the pass.</param>
    /// <param name="cancellationToken">Ends the pass; what it has made stays.</param>
    /// <returns>What was found, and whether something was made, so that the next pass is to look again.</returns>
    Task<(MigrationProgress Found, bool Made)> FillAsync(
        GalleryMap map, Contract contract, Action<MigrationProgress> note, CancellationToken cancellationToken);

    /// <summary>Erases what is not held any more.</summary>
    /// <param name="map">The gallery's map.</param>
    /// <param name="cancellationToken">Ends the pass; what it has erased stays erased.</param>
    /// <returns>True when nothing was left to erase, from the files neither.</returns>
    Task<bool> TidyAsync(GalleryMap map, CancellationToken cancellationToken);
}
