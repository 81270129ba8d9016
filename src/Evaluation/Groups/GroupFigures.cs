using FaceGrid.Evaluation.Measures;

namespace FaceGrid.Evaluation.Groups;

/// <summary>Errors among the people of one group, at the thresholds that the profile's calibration promises for everybody.</summary>
/// <param name="Group">Labels and values, as in <c>age=4-12</c>, or <c>all</c>.</param>
/// <param name="People">People with a vector.</param>
/// <param name="Pictures">Pictures with a vector.</param>
/// <param name="Fmr">Share of pairs of people of the group who match in verify.</param>
/// <param name="Fnmr">Share of pairs of pictures of one person that do not match; no trials where nobody has two pictures.</param>
/// <param name="GalleryPeople">People of the galleries: as many as asked for, at most half of the group.</param>
/// <param name="Fpir">Share of strangers of the group whom identify finds in galleries of the group.</param>
/// <param name="Fnir">Share of enrolled people whom identify does not find; no trials where nobody has two pictures.</param>
internal sealed record GroupFigures(
    string Group, int People, int Pictures, Share Fmr, Share Fnmr, int GalleryPeople, Share Fpir, Share Fnir);
