namespace FaceGrid.Load.Requests;

/// <summary>What <c>facegrid bench load</c> found.</summary>
/// <param name="Settings">What was asked for.</param>
/// <param name="Figures">What was measured.</param>
/// <param name="EnrolledAsked">People enrolled by the load who were asked for afterwards.</param>
/// <param name="EnrolledMissing">Those of them who were not found: acknowledged and not searchable.</param>
/// <param name="PeopleAdded">Synthetic people who had to be enrolled beforehand.</param>
/// <param name="PeopleRemoved">People removed afterwards; null when nobody was, or the whole gallery.</param>
internal sealed record LoadReport(
    LoadSettings Settings, LoadFigures Figures, int EnrolledAsked, int EnrolledMissing, int PeopleAdded, int? PeopleRemoved)
{
    /// <summary>Answers that are not what they must be.</summary>
    public long Wrong => Figures.Wrong + EnrolledMissing;
}

/// <summary>What was asked for, for the reader of a file.</summary>
/// <param name="Server">The gateway.</param>
/// <param name="Gallery">The gallery.</param>
/// <param name="Contract">Its contract.</param>
/// <param name="Dimension">Length of a vector.</param>
/// <param name="GalleryPeople">People in it when the load began.</param>
/// <param name="Operations">Operations of the mix.</param>
/// <param name="Probes">Vectors or pictures.</param>
/// <param name="Strangers">Share of questions about somebody else.</param>
/// <param name="Threshold">Threshold of identify questions.</param>
/// <param name="Loop">Closed or open.</param>
/// <param name="Clients">Clients of a closed loop.</param>
/// <param name="Rate">Requests per second of an open loop.</param>
/// <param name="Arrivals">Arrivals of an open loop.</param>
/// <param name="InFlightMax">Requests under way at once in an open loop.</param>
/// <param name="WarmupSeconds">Time before the measured time.</param>
/// <param name="DurationSeconds">Measured time.</param>
/// <param name="Seed">Seed.</param>
/// <param name="StartedAt">When the load began.</param>
internal sealed record LoadSettings(
    string Server,
    string Gallery,
    string Contract,
    int Dimension,
    long GalleryPeople,
    IReadOnlyList<string> Operations,
    string Probes,
    double Strangers,
    double Threshold,
    string Loop,
    int? Clients,
    double? Rate,
    string? Arrivals,
    int? InFlightMax,
    double WarmupSeconds,
    double DurationSeconds,
    int Seed,
    DateTimeOffset StartedAt)
{
    /// <summary>One line for people.</summary>
    /// <returns>How the load was made.</returns>
    public override string ToString() =>
        (Rate is { } rate ? $"open loop, {rate:0.##}/s, {Arrivals} arrivals" : $"closed loop, {Clients} clients")
        + $", {Probes}, gallery of {GalleryPeople} x {Dimension}";
}
