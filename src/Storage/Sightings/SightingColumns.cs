using System.Globalization;
using FaceGrid.Storage.Sqlite;

namespace FaceGrid.Storage.Sightings;

/// <summary>Reads the answers of the statements of both databases.</summary>
internal static class SightingColumns
{
    /// <summary>Selects visits, with the columns that <see cref="Row"/> reads.</summary>
    public const string Select =
        "SELECT Id, Revision, Camera, Status, FirstSeen, RecordedAt, Gallery, Person, Kind, HasPicture, Payload FROM Sighting";

    /// <summary>A visit.</summary>
    public static SightingRow Row(object[] row) => new(
        Id: (string)row[0],
        Revision: (int)Number(row[1]),
        Camera: (string)row[2],
        Status: (int)Number(row[3]),
        FirstSeen: Number(row[4]),
        RecordedAt: Number(row[5]),
        Gallery: Text(row[6]),
        Person: Text(row[7]),
        Kind: (SightingKind)Number(row[8]),
        HasPicture: Number(row[9]) != 0,
        Payload: (byte[])row[10]);

    /// <summary>An event. The two columns of the order come before it.</summary>
    public static SightingEventRow Event(object[] row) => new(
        Position: Number(row[2]),
        Moment: (SightingMoment)Number(row[3]),
        NewVisitor: Number(row[4]) != 0,
        RecordedAt: Number(row[5]),
        HasPicture: Number(row[6]) != 0,
        Payload: (byte[])row[7]);

    /// <summary>An integer of the first row.</summary>
    public static long Number(QueryResult result, int column) => Number(result.Rows[0][column]);

    /// <summary>An integer. SQLite has one kind of it, PostgreSQL two.</summary>
    public static long Number(object value) => Convert.ToInt64(value, CultureInfo.InvariantCulture);

    /// <summary>A text, or null.</summary>
    public static string? Text(object value) => value as string;
}
