namespace FaceGrid.Abstractions.Search;

/// <summary>The words for what was decided about a face, in answers, views and metrics.</summary>
public static class Decisions
{
    /// <summary>An enrolled person.</summary>
    public const string Match = "match";

    /// <summary>Not the person who was claimed.</summary>
    public const string NoMatch = "no-match";

    /// <summary>Nobody who is enrolled.</summary>
    public const string Unknown = "unknown";

    /// <summary>Not enrolled, and followed under a name of its own.</summary>
    public const string Visitor = "visitor";

    /// <summary>A live face.</summary>
    public const string Live = "live";

    /// <summary>A picture of a face instead of a live one.</summary>
    public const string Spoof = "spoof";

    /// <summary>Not decided yet.</summary>
    public const string Undecided = "undecided";
}
