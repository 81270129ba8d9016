using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using FaceGrid.Abstractions.Errors;

namespace FaceGrid.Abstractions.People;

/// <summary>The rules for ids that callers choose.</summary>
public static partial class Ids
{
    /// <summary>Whether a text is an id of a gallery, a camera or a rule: <c>[a-z0-9-]{1,64}</c>.</summary>
    /// <param name="id">The id as given.</param>
    public static bool IsPlain([NotNullWhen(true)] string? id) => id is not null && Plain().IsMatch(id);

    /// <summary>Whether a text is the id of a person, as <see cref="CheckPerson"/> says.</summary>
    /// <param name="id">The id as given.</param>
    public static bool IsPerson([NotNullWhen(true)] string? id) => id is not null && PersonId().IsMatch(id);

    /// <summary>Checks a gallery id: <c>[a-z0-9-]{1,64}</c>.</summary>
    /// <param name="gallery">The id as given.</param>
    /// <returns>The id itself.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.InvalidGalleryId"/>.</exception>
    public static string CheckGallery(string? gallery) =>
        IsPlain(gallery)
            ? gallery
            : throw new FaceGridException(ErrorCodes.InvalidGalleryId, "A gallery id has 1 to 64 characters out of a-z, 0-9 and '-'.");

    /// <summary>Checks a person id: <c>[A-Za-z0-9._:@-]{1,128}</c>, but not <c>.</c> or <c>..</c>, which no URL can carry.</summary>
    /// <param name="person">The id as given.</param>
    /// <returns>The id itself.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.InvalidPersonId"/>.</exception>
    public static string CheckPerson(string? person) =>
        IsPerson(person)
            ? person
            : throw new FaceGridException(
                ErrorCodes.InvalidPersonId, "A person id has 1 to 128 characters out of A-Z, a-z, 0-9, '.', '_', ':', '@' and '-'.");

    /// <summary>Checks a camera id: <c>[a-z0-9-]{1,64}</c>, as of galleries.</summary>
    /// <param name="camera">The id as given.</param>
    /// <returns>The id itself.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.InvalidCamera"/>.</exception>
    public static string CheckCamera(string? camera) =>
        IsPlain(camera)
            ? camera
            : throw new FaceGridException(ErrorCodes.InvalidCamera, "A camera id has 1 to 64 characters out of a-z, 0-9 and '-'.");

    [GeneratedRegex(@"\A[a-z0-9-]{1,64}\z", RegexOptions.None, 1000)]
    private static partial Regex Plain();

    [GeneratedRegex(@"\A(?!\.{1,2}\z)[A-Za-z0-9._:@-]{1,128}\z", RegexOptions.None, 1000)]
    private static partial Regex PersonId();
}
