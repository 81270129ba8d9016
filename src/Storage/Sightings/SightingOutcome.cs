namespace FaceGrid.Storage.Sightings;

/// <summary>The outcome of writing a visit.</summary>
public enum SightingOutcome
{
    /// <summary>The visit and an event were written.</summary>
    Written,

    /// <summary>That revision or a later one is stored already, or the visit has ended. Nothing changed.</summary>
    Known,

    /// <summary>
    /// The person whom the visit names has no row, because they were deleted meanwhile. Nothing is stored, and earlier revisions of this
    /// visit are erased.
    /// </summary>
    PersonGone,
}
