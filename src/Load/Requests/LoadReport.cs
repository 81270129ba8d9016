namespace FaceGrid.Load.Requests;

/// <summary>What <c>facegrid bench load</c> found.</summary>
/// <param name="Settings">What was asked for.</param>
/// <param name="Figures">What was measured.</param>
/// <param name="EnrolledAsked">People enrolled by the load who were searched afterwards.</param>
/// <param name="EnrolledMissing">Of these, people who were not found although they were acknowledged as searchable.</param>
/// <param name="PeopleAdded">Synthetic people who had to be enrolled beforehand.</param>
/// <param name="PeopleRemoved">People removed afterwards; null when nobody was removed, or the whole gallery was deleted.</param>
internal sealed record LoadReport(
    LoadSettings Settings, LoadFigures Figures, int EnrolledAsked, int EnrolledMissing, int PeopleAdded, int? PeopleRemoved)
{
    /// <summary>Number of wrong answers.</summary>
    public long Wrong => Figures.Wrong + EnrolledMissing;
}

/// <summary>The settings of the load, for the reader of a file.</summary>
/// <param name="Server">The gateway.</param>
/// <param name="Gallery">The gallery.</param>
/// <param name="Contract">Its contract.</param>
/// <param name="Dimension">Length of a vector.</param>
/// <param name="GalleryPeople">People in it when the load began.</param>
/// <param name="Operations">Operations of the mix.</param>
/// <param name="Probes">Vectors or pictures.</param>
/// <param name="Strangers">Share of requests about somebody else.</param>
/// <param name="Threshold">Threshold of identify requests.</param>
/// <param name="Loop">Closed or open.</param>
/// <param name="Clients">Clients of a closed loop.</param>
/// <param name="Rate">Requests per second of an open loop.</param>
/// <param name="Arrivals">Arrivals of an open loop.</param>
/// <param name="InFlightMax">Most requests in flight in an open loop.</param>
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
    /// <summary>Describes the load in one line, for readers.</summary>
    /// <returns>The line.</returns>
    public override string ToString() =>
        (Rate is { } rate ? $"open loop, {rate:0.##}/s, {Arrivals} arrivals" : $"closed loop, {Clients} clients")
        + $", {Probes}, gallery of {GalleryPeople} x {Dimension}";
}
