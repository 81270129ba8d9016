namespace FaceGrid.Evaluation.Grids;

/// <summary>What a gallery's policy did with planted errors.</summary>
/// <param name="Gallery">The gallery.</param>
/// <param name="Seed">Seed of the plan.</param>
/// <param name="People">People planned, duplicates not counted.</param>
/// <param name="Pictures">Pictures sent.</param>
/// <param name="WithoutFace">Pictures without a usable face. The figures below do not count them.</param>
/// <param name="Mislabelled">Mislabelled pictures planted.</param>
/// <param name="MislabelledCaught">Of these, pictures that were refused or put in quarantine.</param>
/// <param name="MislabelledReported">Of the others, those that the report names.</param>
/// <param name="Duplicates">People planted under a second id.</param>
/// <param name="DuplicatesCaught">Of these, people with at least one picture refused or put in quarantine.</param>
/// <param name="DuplicatesReported">Of the others, those that the report names as look-alikes of themselves.</param>
/// <param name="Good">Good pictures.</param>
/// <param name="GoodRefused">Of these, pictures that were refused as duplicates.</param>
/// <param name="GoodQuarantined">Of these, pictures that were put in quarantine.</param>
/// <param name="Seconds">Time of all enrolments.</param>
internal sealed record CleanFigures(
    string Gallery,
    int Seed,
    int People,
    int Pictures,
    int WithoutFace,
    int Mislabelled,
    int MislabelledCaught,
    int MislabelledReported,
    int Duplicates,
    int DuplicatesCaught,
    int DuplicatesReported,
    int Good,
    int GoodRefused,
    int GoodQuarantined,
    double Seconds)
{
    /// <summary>Share of all planted errors caught at enrolment, 0 to 1.</summary>
    public double CaughtShare => (double)(MislabelledCaught + DuplicatesCaught) / Math.Max(1, Mislabelled + Duplicates);

    /// <summary>Share of good pictures that were wrongly refused or put in quarantine, 0 to 1.</summary>
    public double HeldShare => (double)(GoodRefused + GoodQuarantined) / Math.Max(1, Good);
}
