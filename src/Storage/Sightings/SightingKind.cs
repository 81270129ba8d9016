namespace FaceGrid.Storage.Sightings;

/// <summary>Who a visitor is. The numbers are stored: they never change.</summary>
public enum SightingKind
{
    /// <summary>An unknown person.</summary>
    Unknown = 0,

    /// <summary>A person of a gallery.</summary>
    Person = 1,

    /// <summary>An unknown person who is recognised as a visitor. Gallery and person are those of a gallery of visitors.</summary>
    Visitor = 2,
}
