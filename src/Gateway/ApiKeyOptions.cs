using System.ComponentModel.DataAnnotations;

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
}
