namespace FaceGrid.Storage.Sightings;

/// <summary>What became of a visit that a camera wrote.</summary>
public enum SightingOutcome
{
    /// <summary>Written, and an event with it.</summary>
    Written,

    /// <summary>That revision or a later one is there already, or the visit has ended. Nothing changed.</summary>
    Known,

    /// <summary>
    /// The person whom it names has no row, so they were deleted meanwhile. Nothing is kept, and earlier revisions of this visit are
    /// erased.
    /// </summary>
    PersonGone,
}
