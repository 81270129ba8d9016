namespace FaceGrid.Abstractions.Sightings;

/// <summary>What an event reports of a visit. The numbers cross the wire: they never change.</summary>
public enum SightingChange
{
    /// <summary>It is reported for the first time.</summary>
    Begun = 0,

    /// <summary>Something changed that listeners care about.</summary>
    Changed = 1,

    /// <summary>It is over.</summary>
    Ended = 2,
}
