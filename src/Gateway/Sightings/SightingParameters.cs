using System.Globalization;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Gateway.Bodies;

namespace FaceGrid.Gateway.Sightings;

/// <summary>Reads the query parameters that filter lists of sightings and streams of events.</summary>
internal static class SightingParameters
{
    /// <summary>Reads the filters.</summary>
    /// <param name="query">The request's query.</param>
    /// <param name="camera">The camera in the path, or null.</param>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.InvalidParameter"/>, or the code for an id that is not valid.</exception>
    public static SightingQuery Read(IQueryCollection query, string? camera = null)
    {
        string? gallery = Parameters.NullIfEmpty(query["gallery"]);
        string? person = Parameters.NullIfEmpty(query["person"]);
        string? visitor = Parameters.NullIfEmpty(query["visitor"]);
        camera ??= Parameters.NullIfEmpty(query["camera"]);
        bool unknown = Flag(query, "unknown");
        if (gallery is null && (person ?? visitor) is not null)
        {
            throw Invalid("person and visitor are ids in a gallery. Give the parameter gallery too.");
        }

        if ((person is not null && visitor is not null) || (person is not null && unknown))
        {
            throw Invalid("person cannot be combined with visitor or unknown=true.");
        }

        return new SightingQuery(
            camera is null ? null : Ids.CheckCamera(camera),
            gallery is null ? null : Ids.CheckGallery(gallery),
            person is null ? null : Ids.CheckPerson(person),
            visitor is null ? null : Ids.CheckPerson(visitor),
            unknown,
            Parameters.NullIfEmpty(query["status"]) switch
            {
                null => null,
                "present" => SightingStatus.Present,
                "ended" => SightingStatus.Ended,
                _ => throw Invalid("status must be present or ended."),
            },
            Time(query, "from"),
            Time(query, "to"));
    }

    private static bool Flag(IQueryCollection query, string name) => Parameters.NullIfEmpty(query[name]) switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw Invalid($"{name} must be true or false."),
    };

    private static DateTimeOffset? Time(IQueryCollection query, string name) => Parameters.NullIfEmpty(query[name]) is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time
        : throw Invalid($"{name} must be a time such as 2026-03-01T08:00:00Z. Write a + in it as %2B.");

    private static FaceGridException Invalid(string detail) => new(ErrorCodes.InvalidParameter, detail);
}
