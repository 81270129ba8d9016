using System.Text.RegularExpressions;

namespace FaceGrid.Client;

/// <summary>Paths of the HTTP API, relative to the gateway's address, and the ids that may be part of one.</summary>
public static partial class ClusterPaths
{
    /// <summary>Most characters of a person id.</summary>
    public const int PersonIdLengthMax = 128;

    /// <summary>The path of a gallery.</summary>
    /// <param name="gallery">The gallery's id.</param>
    /// <returns><c>v1/galleries/{gallery}</c>.</returns>
    /// <exception cref="ArgumentException">It is no gallery id.</exception>
    public static string Gallery(string gallery) => "v1/galleries/" + Checked(gallery, IsGalleryId(gallery), "gallery");

    /// <summary>The path of a person.</summary>
    /// <param name="gallery">The gallery's id.</param>
    /// <param name="person">The person's id.</param>
    /// <returns><c>v1/galleries/{gallery}/people/{person}</c>, escaped.</returns>
    /// <exception cref="ArgumentException">One of them is no such id.</exception>
    public static string Person(string gallery, string person) =>
        $"{Gallery(gallery)}/people/{Uri.EscapeDataString(Checked(person, IsPersonId(person), "person"))}";

    /// <summary>The path of a camera.</summary>
    /// <param name="camera">The camera's id.</param>
    /// <returns><c>v1/cameras/{camera}</c>.</returns>
    /// <exception cref="ArgumentException">It is no camera id.</exception>
    public static string Camera(string camera) => "v1/cameras/" + Checked(camera, IsCameraId(camera), "camera");

    /// <summary>Whether a text is a gallery id.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>True for 1 to 64 characters out of a-z, 0-9 and '-'.</returns>
    public static bool IsGalleryId(string text) => ShortId().IsMatch(text);

    /// <summary>Whether a text is a camera id.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>True for 1 to 64 characters out of a-z, 0-9 and '-'.</returns>
    public static bool IsCameraId(string text) => ShortId().IsMatch(text);

    /// <summary>Whether a text is a person id that can stand in a path.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>True for 1 to 128 characters out of A-Z, a-z, 0-9, '.', '_', ':', '@' and '-', other than "." and "..".</returns>
    /// <remarks>The ids "." and ".." are within the alphabet but cannot be written as a path segment.</remarks>
    public static bool IsPersonId(string text) => LongId().IsMatch(text) && text is not ("." or "..");

    /// <summary>Makes a person id out of a name, such as that of a folder.</summary>
    /// <param name="name">Any text.</param>
    /// <returns>The name with every character outside the alphabet replaced by '_'; it may still be too long, or empty.</returns>
    public static string PersonIdOf(string name) => OutsideAlphabet().Replace(name, "_");

    private static string Checked(string id, bool isRight, string kind) =>
        isRight ? id : throw new ArgumentException($"'{id}' is not a {kind} id.", kind);

    [GeneratedRegex(@"\A[a-z0-9-]{1,64}\z", RegexOptions.None, 1000)]
    private static partial Regex ShortId();

    [GeneratedRegex(@"\A[A-Za-z0-9._:@-]{1,128}\z", RegexOptions.None, 1000)]
    private static partial Regex LongId();

    [GeneratedRegex("[^A-Za-z0-9._:@-]", RegexOptions.None, 1000)]
    private static partial Regex OutsideAlphabet();
}
