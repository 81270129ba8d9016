using System.ComponentModel.DataAnnotations;
using FaceGrid.Gateway.Security;

namespace FaceGrid.Gateway;

/// <summary>One API key that callers may use. The key itself is never stored.</summary>
public sealed class ApiKeyOptions
{
    /// <summary>A name for people who read the configuration. The check ignores it.</summary>
    [Required(AllowEmptyStrings = false)]
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of the key's UTF-8 bytes as 64 hex digits, in either case; <c>printf %s "$KEY" | sha256sum</c> prints it.</summary>
    [Required(AllowEmptyStrings = false)]
    [RegularExpression("^[0-9A-Fa-f]{64}$")]
    public string Sha256 { get; set; } = "";

    /// <summary>What the key may do. Default empty: everything.</summary>
    public IList<KeyPermission> Permissions { get; set; } = [];

    /// <summary>
    /// The galleries that the key is for. Default empty: when <see cref="Cameras"/> is empty too, the key is for all galleries and cameras.
    /// A key that is bound to galleries or cameras reaches three kinds of routes: those of its galleries and cameras; those of sightings
    /// and events, with a filter for one of its galleries or cameras; and those that are about no gallery and no camera (detect, embed,
    /// compare, metrics, cluster). Such a key cannot have <see cref="KeyPermission.Administer"/>.
    /// </summary>
    public IList<string> Galleries { get; set; } = [];

    /// <summary>The cameras that the key is for; see <see cref="Galleries"/>.</summary>
    public IList<string> Cameras { get; set; } = [];
}
