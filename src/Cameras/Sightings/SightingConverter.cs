using System.Globalization;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage.Sightings;
using Orleans.Serialization;

namespace FaceGrid.Cameras.Sightings;

/// <summary>Turns a visit into its row and back. The payload is the whole visit; the columns are for searching.</summary>
/// <param name="serializer">The serializer that grain storage writes with, too.</param>
/// <param name="reader">Reads what it wrote.</param>
public sealed class SightingConverter(Serializer<Sighting> serializer, RowReader<Sighting> reader)
{
    /// <summary>The row of a visit.</summary>
    /// <param name="sighting">The visit.</param>
    /// <param name="now">The clock of this node.</param>
    /// <returns>The row, and the key of the row of the person or visitor it names, or null.</returns>
    public (SightingRow Row, string? PersonRow) Row(Sighting sighting, DateTimeOffset now)
    {
        (string? gallery, string? person, SightingKind kind) = sighting switch
        {
            { Gallery: { } known, Person: { } id } => (known, id, SightingKind.Person),
            { VisitorGallery: { } visitors, Visitor: { } id } => (visitors, id, SightingKind.Visitor),
            _ => ((string?)null, (string?)null, SightingKind.Unknown),
        };
        var row = new SightingRow(
            sighting.Id,
            sighting.Revision,
            sighting.Camera,
            (int)sighting.Status,
            Microseconds(sighting.FirstSeen),
            Microseconds(now),
            gallery,
            person,
            kind,
            sighting.HasPicture,
            serializer.SerializeToArray(sighting));
        return (row, person is null ? null : PersonKey.Of(gallery!, person).ToString());
    }

    /// <summary>The visit of a row.</summary>
    /// <param name="row">The row.</param>
    /// <returns>The visit; null where the row is damaged.</returns>
    public Sighting? Sighting(SightingRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        reader.TryRead(
            "sighting " + row.Id,
            row.Revision,
            row.Payload,
            sighting => sighting with { HasPicture = row.HasPicture },
            out Sighting? made);
        return made;
    }

    /// <summary>The event of a row.</summary>
    /// <param name="row">The row.</param>
    /// <returns>The event; null where the row is damaged.</returns>
    public SightingEvent? Event(SightingEventRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        reader.TryRead(
            string.Create(CultureInfo.InvariantCulture, $"sighting event {row.Position}"),
            version: 0,
            row.Payload,
            sighting => new SightingEvent(
                row.Position, (SightingChange)row.Moment, row.NewVisitor, sighting with { HasPicture = row.HasPicture }),
            out SightingEvent? made);
        return made;
    }

    /// <summary>The columns that a query asks for.</summary>
    /// <param name="query">The query.</param>
    /// <returns>The filter.</returns>
    public static SightingFilter Filter(SightingQuery query) => new(
        query.Camera,
        query.Gallery,
        query.Person ?? query.Visitor,
        query.Person is not null ? SightingKind.Person : query.Visitor is not null ? SightingKind.Visitor : null,
        query.Unknown,
        (int?)query.Status,
        query.From is { } from ? Microseconds(from) : null,
        query.To is { } to ? Microseconds(to) : null);

    /// <summary>A time as rows hold it.</summary>
    /// <param name="time">Any time.</param>
    /// <returns>Microseconds since 1970.</returns>
    public static long Microseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
