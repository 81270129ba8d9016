namespace FaceGrid.Cli.Enrolment;

/// <summary>The result of a run of <c>enrol</c>.</summary>
internal sealed record EnrolReport
{
    /// <summary>The gateway's address.</summary>
    public required string Server { get; init; }

    /// <summary>The gallery.</summary>
    public required string Gallery { get; init; }

    /// <summary>Faces that fit somebody else better than their person. They are stored in quarantine.</summary>
    public int Quarantined { get; init; }

    /// <summary>The journal's file.</summary>
    public required string Journal { get; init; }

    /// <summary>Pictures found.</summary>
    public required int Pictures { get; init; }

    /// <summary>People found.</summary>
    public required int People { get; init; }

    /// <summary>Pictures that became a new face.</summary>
    public required int Created { get; init; }

    /// <summary>Pictures whose bytes were enrolled before.</summary>
    public required int Known { get; init; }

    /// <summary>
    /// Pictures that are stored and not yet searchable; the grid finishes by itself. They also count in the two figures above.
    /// </summary>
    public required int NotYetSearchable { get; init; }

    /// <summary>Pictures that were acknowledged in an earlier run and not sent again.</summary>
    public required int Skipped { get; init; }

    /// <summary>Pictures that were not tried because the run stopped.</summary>
    public required int NotTried { get; init; }

    /// <summary>Why the run stopped early, or null.</summary>
    public string? Stopped { get; init; }

    /// <summary>Time spent, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Acknowledged pictures per second.</summary>
    public required double PicturesPerSecond { get; init; }

    /// <summary>Every picture that failed, in the order of their names.</summary>
    public required IReadOnlyList<EnrolFailure> Failures { get; init; }
}
