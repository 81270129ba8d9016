namespace FaceGrid.Client;

/// <summary>The body of <c>PUT /v1/cameras/{camera}</c>: settings of a camera. What is null stays as it is.</summary>
/// <param name="Name">Display name.</param>
/// <param name="Enabled">Whether it runs.</param>
/// <param name="Source">Where frames come from.</param>
/// <param name="FramesPerSecond">Frames per second that are looked at.</param>
/// <param name="FaceSizeMin">Smallest face: pixels between the eyes.</param>
/// <param name="Galleries">Galleries whose people are known, in order.</param>
/// <param name="VisitGapSeconds">How long somebody may be out of sight within one visit.</param>
/// <param name="KeepPicture">Whether a picture of each visit is kept.</param>
/// <param name="Visitors">Gallery in which unknown visitors are followed; empty for none.</param>
public sealed record CameraWrite(
    string? Name = null,
    bool? Enabled = null,
    CameraSourceWrite? Source = null,
    double? FramesPerSecond = null,
    double? FaceSizeMin = null,
    string[]? Galleries = null,
    double? VisitGapSeconds = null,
    bool? KeepPicture = null,
    string? Visitors = null);
