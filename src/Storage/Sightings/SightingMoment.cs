namespace FaceGrid.Storage.Sightings;

/// <summary>What an event reports about a visit. The numbers are stored: they never change.</summary>
public enum SightingMoment
{
    /// <summary>The first report of the visit.</summary>
    Begun = 0,

    /// <summary>A change that listeners care about.</summary>
    Changed = 1,

    /// <summary>The visit has ended.</summary>
    Ended = 2,
}
