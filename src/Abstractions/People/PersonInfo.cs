namespace FaceGrid.Abstractions.People;

/// <summary>A person as callers see them.</summary>
/// <param name="Id">Person id.</param>
/// <param name="Name">Display name, at most 256 characters, or null.</param>
/// <param name="Labels">Free labels: at most 32, keys at most 64 and values at most 256 characters.</param>
/// <param name="Revision">Grows with every change of the person; never repeats, also over deletion.</param>
/// <param name="Contract">Contract of the templates.</param>
/// <param name="Faces">The enrolled faces, in order of enrolment.</param>
[GenerateSerializer, Immutable]
[Alias("fg.person-info")]
public sealed record PersonInfo(
    [property: Id(0)] string Id,
    [property: Id(1)] string? Name,
    [property: Id(2)] Dictionary<string, string> Labels,
    [property: Id(3)] long Revision,
    [property: Id(4)] string? Contract,
    [property: Id(5)] FaceInfo[] Faces)
{
    /// <summary>Ids of people declared not to be this one, or null for none.</summary>
    [Id(20)]
    public string[]? DifferentFrom { get; init; }

    /// <summary>Ids of people who were merged into this one, or null for none.</summary>
    [Id(21)]
    public string[]? Merged { get; init; }

    /// <summary>The person into whom this one is being merged: a merge that broke off, to be repeated or undone. Null for none.</summary>
    [Id(22)]
    public string? MergingInto { get; init; }
}
