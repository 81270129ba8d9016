namespace FaceGrid.Abstractions.Cameras;

/// <summary>A camera as callers see it.</summary>
/// <param name="Id">Camera id.</param>
/// <param name="Settings">Its settings, without the source's user name and password.</param>
/// <param name="HasCredentials">Whether the source has a user name or a password.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="Status">How it is doing, or null when not asked for.</param>
[GenerateSerializer, Immutable]
[Alias("fg.camera-info")]
public sealed record CameraInfo(
    [property: Id(0)] string Id,
    [property: Id(1)] CameraSettings Settings,
    [property: Id(2)] bool HasCredentials,
    [property: Id(3)] DateTimeOffset CreatedAt,
    [property: Id(4)] CameraStatus? Status)
{
    /// <summary>True for a camera whose row cannot be read: it has an id and nothing else, and does not run.</summary>
    [Id(20)]
    public bool IsDamaged { get; init; }
}

/// <summary>A page of cameras.</summary>
/// <param name="Cameras">By id, without status.</param>
/// <param name="Next">Pass as <c>after</c> to get the next page; null at the end.</param>
[GenerateSerializer, Immutable]
[Alias("fg.camera-page")]
public sealed record CameraPage(
    [property: Id(0)] CameraInfo[] Cameras,
    [property: Id(1)] string? Next);
