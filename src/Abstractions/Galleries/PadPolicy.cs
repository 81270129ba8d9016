namespace FaceGrid.Abstractions.Galleries;

/// <summary>
/// What presentation-attack detection means for a request. The order is by strictness. The numbers are stored, so they never change.
/// </summary>
public enum PadPolicy
{
    /// <summary>Liveness is not checked.</summary>
    Off = 0,

    /// <summary>The answer says how live a face is, where the grid has a model for that; it decides nothing.</summary>
    Report = 1,

    /// <summary>Only a live face counts. What cannot be judged, for want of a model or of a picture, is refused.</summary>
    Require = 2,
}
