using FaceGrid.Abstractions.Search;

namespace FaceGrid.Cameras.Recognition;

/// <summary>What a face can be.</summary>
internal enum IdentityKind
{
    /// <summary>A face that no gallery knows.</summary>
    Unknown,

    /// <summary>A person of a gallery.</summary>
    Person,

    /// <summary>An unknown person who is recognised as a visitor.</summary>
    Visitor,

    /// <summary>A picture of a face, where a live one is required.</summary>
    Spoof,
}

/// <summary>Who a face is.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Gallery">Where the person or the visitor is enrolled, or null.</param>
/// <param name="Person">Their id, or null.</param>
internal sealed record Identity(IdentityKind Kind, string? Gallery = null, string? Person = null)
{
    /// <summary>An unknown person.</summary>
    public static Identity Unknown { get; } = new(IdentityKind.Unknown);

    /// <summary>A picture of a face.</summary>
    public static Identity Spoof { get; } = new(IdentityKind.Spoof);

    /// <summary>True for a person whom a gallery holds: they are in one place at a time.</summary>
    public bool IsSomebody => Person is not null;

    /// <summary>The decision as views show it.</summary>
    public string Decision => Kind switch
    {
        IdentityKind.Person => Decisions.Match,
        IdentityKind.Visitor => Decisions.Visitor,
        IdentityKind.Spoof => Decisions.Spoof,
        _ => Decisions.Unknown,
    };
}
