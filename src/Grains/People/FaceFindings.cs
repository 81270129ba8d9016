using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.People;

/// <summary>What is to be said of the faces of one person.</summary>
internal static class FaceFindings
{
    /// <summary>Looks at every face.</summary>
    /// <param name="state">The person's row, arranged for the gallery's contracts.</param>
    /// <param name="limits">Limits of quality.</param>
    /// <param name="verify">The threshold of verify in force, or null when none is known: then no face is lonely.</param>
    /// <returns>The faces with findings, in order of enrolment.</returns>
    public static FaceReport[] Of(PersonState state, QualityLimits limits, Threshold? verify)
    {
        FaceState[] searched = [.. state.Faces.Where(face => face.IsSearched)];
        var reports = new List<FaceReport>();
        foreach (FaceState face in state.Faces)
        {
            float own = face.Vector.Length == 0 ? float.PositiveInfinity : Usefulness.OwnDistance(face, searched);
            string[] reasons = face.Quality is null ? [] : limits.ReasonsAgainst(face.Quality, face.Confidence);
            (bool Holds, string Finding)[] findings =
            [
                (face.IsQuarantined, "quarantined"),
                (face.Vector.Length == 0, "no-template"),
                (face.Review is { Unchecked: true }, "unchecked"),
                (reasons.Length > 0, "poor"),
                (face.IsSearched && float.IsFinite(own) && own > verify?.Distance, "lonely"),
            ];
            if (Array.Exists(findings, finding => finding.Holds))
            {
                reports.Add(new FaceReport(
                    face.Id,
                    [.. findings.Where(finding => finding.Holds).Select(finding => finding.Finding)],
                    reasons,
                    face.IsQuarantined ? face.Review?.LookAlike : null,
                    float.IsFinite(own) ? own : null));
            }
        }

        return [.. reports];
    }
}
