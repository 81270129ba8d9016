using FaceGrid.Abstractions.Sightings;

namespace FaceGrid.Tests.Support;

/// <summary>Visits as cameras would tell them.</summary>
public static class Visits
{
    public static readonly DateTimeOffset Morning = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero); // A Monday.

    public static string Id(int number) => number.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);

    public static Sighting Unknown(int number, string camera = "door", int revision = 1) => new(
        Id(number), revision, camera, SightingStatus.Present, Morning.AddSeconds(number), Morning.AddSeconds(number + revision), null, null, null, 1.2f, 1.0f, null, 0.8f, 3 * revision, null, false);

    public static Sighting Of(string person, int number, string camera = "door", int revision = 1, string gallery = "people") =>
        Unknown(number, camera, revision) with { Gallery = gallery, Person = person, Distance = 0.6f, Margin = 0.4f };

    public static Sighting Ended(this Sighting visit) => visit with { Revision = visit.Revision + 1, Status = SightingStatus.Ended };
}
