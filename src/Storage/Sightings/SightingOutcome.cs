namespace FaceGrid.Storage.Sightings;

/// <summary>What became of a visit that was to be written.</summary>
public enum SightingOutcome
{
    /// <summary>Written, and an event with it.</summary>
    Written,

    /// <summary>That revision, or a later one, is there already, or the visit has ended: nothing changed.</summary>
    Known,

    /// <summary>The person that it names has no row, so they were deleted meanwhile: nothing is kept, of this visit before either.</summary>
    PersonGone,
}
