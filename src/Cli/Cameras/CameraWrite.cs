namespace FaceGrid.Cli.Cameras;

/// <summary>The body of <c>PUT /v1/cameras/{c}</c>: settings of a camera. What is null stays as it is.</summary>
/// <param name="Name">Display name.</param>
/// <param name="Enabled">Whether it runs.</param>
/// <param name="Source">Where frames come from.</param>
/// <param name="FramesPerSecond">Frames per second that are looked at.</param>
/// <param name="FaceSizeMin">Smallest face, in pixels.</param>
/// <param name="Galleries">Galleries whose people are known, in order.</param>
/// <param name="VisitGapSeconds">How long somebody may be out of sight within one visit.</param>
/// <param name="KeepPicture">Whether a picture of each visit is kept.</param>
/// <param name="Visitors">Gallery in which unknown visitors are followed; empty for none.</param>
internal sealed record CameraWrite(
    string? Name = null,
    bool? Enabled = null,
    CameraSourceWrite? Source = null,
    double? FramesPerSecond = null,
    double? FaceSizeMin = null,
    string[]? Galleries = null,
    double? VisitGapSeconds = null,
    bool? KeepPicture = null,
    string? Visitors = null);

/// <summary>Where a camera's frames come from.</summary>
/// <param name="Kind"><c>push</c>, <c>mjpeg</c>, <c>snapshot</c> or <c>video</c>.</param>
/// <param name="Address">Address, without user name and password.</param>
/// <param name="UserName">User name at the address.</param>
/// <param name="Password">Password at the address.</param>
internal sealed record CameraSourceWrite(string Kind, string? Address, string? UserName, string? Password);
