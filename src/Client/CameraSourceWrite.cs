namespace FaceGrid.Client;

/// <summary>Where a camera's frames come from.</summary>
/// <param name="Kind"><c>push</c>, <c>mjpeg</c>, <c>snapshot</c> or <c>video</c>.</param>
/// <param name="Address">Address, without user name and password.</param>
/// <param name="UserName">User name at the address.</param>
/// <param name="Password">Password at the address.</param>
public sealed record CameraSourceWrite(string Kind, string? Address, string? UserName = null, string? Password = null)
{
    /// <summary>How frames most likely come from an address.</summary>
    /// <param name="address">An address such as <c>rtsp://</c>, <c>http://</c> or <c>file:NAME</c>.</param>
    /// <returns><c>mjpeg</c> for http and https, else <c>video</c>.</returns>
    public static string KindOf(string address) => address.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? "mjpeg" : "video";
}
