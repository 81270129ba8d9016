using System.Text.RegularExpressions;

namespace FaceGrid;

/// <summary>The rules for ids that callers choose.</summary>
public static partial class Ids
{
    /// <summary>Checks a gallery id: <c>[a-z0-9-]{1,64}</c>.</summary>
    /// <param name="gallery">The id as given.</param>
    /// <returns>The id itself.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.InvalidGalleryId"/>.</exception>
    public static string CheckGallery(string? gallery) =>
        gallery is not null && Gallery().IsMatch(gallery)
            ? gallery
            : throw new FaceGridException(ErrorCodes.InvalidGalleryId, "A gallery id has 1 to 64 characters out of a-z, 0-9 and '-'.");

    /// <summary>Checks a person id: <c>[A-Za-z0-9._:@-]{1,128}</c>, but not <c>.</c> or <c>..</c>, which no URL can carry.</summary>
    /// <param name="person">The id as given.</param>
    /// <returns>The id itself.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.InvalidPersonId"/>.</exception>
    public static string CheckPerson(string? person) =>
        person is not null && Person().IsMatch(person)
            ? person
            : throw new FaceGridException(ErrorCodes.InvalidPersonId, "A person id has 1 to 128 characters out of A-Z, a-z, 0-9, '.', '_', ':', '@' and '-'.");

    /// <summary>Checks a camera id: <c>[a-z0-9-]{1,64}</c>, as of galleries.</summary>
    /// <param name="camera">The id as given.</param>
    /// <returns>The id itself.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.InvalidCamera"/>.</exception>
    public static string CheckCamera(string? camera) =>
        camera is not null && Gallery().IsMatch(camera)
            ? camera
            : throw new FaceGridException(ErrorCodes.InvalidCamera, "A camera id has 1 to 64 characters out of a-z, 0-9 and '-'.");

    [GeneratedRegex(@"\A[a-z0-9-]{1,64}\z", RegexOptions.None, 1000)]
    private static partial Regex Gallery();

    [GeneratedRegex(@"\A(?!\.{1,2}\z)[A-Za-z0-9._:@-]{1,128}\z", RegexOptions.None, 1000)]
    private static partial Regex Person();
}
