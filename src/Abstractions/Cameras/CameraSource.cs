namespace FaceGrid.Abstractions.Cameras;

/// <summary>Where a camera's frames come from.</summary>
/// <param name="Kind">How they come.</param>
/// <param name="Address">Address to fetch them from, without user name or password; null for <see cref="CameraSourceKind.Push"/>.</param>
/// <param name="UserName">User name at that address, or null.</param>
/// <param name="Password">Password at that address, or null. It is kept for connecting, and never shown again.</param>
[GenerateSerializer, Immutable]
[Alias("fg.camera-source")]
public sealed record CameraSource(
    [property: Id(0)] CameraSourceKind Kind,
    [property: Id(1)] string? Address = null,
    [property: Id(2)] string? UserName = null,
    [property: Id(3)] string? Password = null)
{
    /// <summary>The kind and the address, without user name and password.</summary>
    /// <returns>Text for logs and errors.</returns>
    public override string ToString() => Address is null ? Kind.ToString() : $"{Kind} {Address}";
}
