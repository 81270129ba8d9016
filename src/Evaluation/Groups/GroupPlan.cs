namespace FaceGrid.Evaluation.Groups;

/// <summary>What is measured of groups.</summary>
/// <param name="By">Labels to group by; empty for all.</param>
/// <param name="Cross">True to also take every combination of the values of these labels as a group.</param>
/// <param name="PeopleMin">Groups of fewer people are left out, 2 or more.</param>
/// <param name="Fmr">The false match rate that verify promises, above 0, below 1.</param>
/// <param name="Fpir">The share of strangers found that identify promises, above 0, below 1.</param>
/// <param name="GalleryPeople">People of a gallery, 1 or more.</param>
/// <param name="Draws">Galleries per group, 1 or more.</param>
/// <param name="RepeatDistance">
/// A picture this near to an earlier picture of somebody else counts as one of the same person and is left out; 0 leaves out none.
/// </param>
/// <param name="Seed">Seed of the galleries and the intervals.</param>
internal sealed record GroupPlan(
    IReadOnlyList<string> By,
    bool Cross,
    int PeopleMin,
    double Fmr,
    double Fpir,
    int GalleryPeople,
    int Draws,
    double RepeatDistance,
    int Seed);
