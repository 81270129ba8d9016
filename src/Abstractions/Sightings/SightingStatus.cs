namespace FaceGrid.Abstractions.Sightings;

/// <summary>Where a visit stands. The numbers are stored: they never change.</summary>
public enum SightingStatus
{
    /// <summary>The visitor is there, or was a moment ago.</summary>
    Present = 0,

    /// <summary>The visitor was out of sight for longer than a visit may be interrupted. Nothing changes any more.</summary>
    Ended = 1,
}
