using System.ComponentModel.DataAnnotations;
using FaceGrid.Gateway.Security;

namespace FaceGrid.Gateway;

/// <summary>One API key that callers may use. The key itself is never stored.</summary>
public sealed class ApiKeyOptions
{
    /// <summary>A name for people who read the configuration; it plays no part in the check.</summary>
    [Required(AllowEmptyStrings = false)]
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of the key's UTF-8 bytes as 64 hex digits, in either case; <c>printf %s "$KEY" | sha256sum</c> prints it.</summary>
    [Required(AllowEmptyStrings = false)]
    [RegularExpression("^[0-9A-Fa-f]{64}$")]
    public string Sha256 { get; set; } = "";

    /// <summary>What the key may do. Default empty: everything.</summary>
    public IList<KeyPermission> Permissions { get; set; } = [];

    /// <summary>
    /// The galleries that the key is for. Default empty: with <see cref="Cameras"/> empty, too, it is for all. A key that is bound to
    /// galleries or cameras reaches the routes of these alone, those of sightings and events with a filter for one of them, and those
    /// that are about nobody (detect, embed, compare, metrics, cluster); it cannot have <see cref="KeyPermission.Administer"/>.
    /// </summary>
    public IList<string> Galleries { get; set; } = [];

    /// <summary>The cameras that the key is for, like <see cref="Galleries"/>.</summary>
    public IList<string> Cameras { get; set; } = [];
}
