using System.Globalization;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Gateway.Bodies;

namespace FaceGrid.Gateway.Sightings;

/// <summary>The filters that lists of sightings and streams of events have in common, as query parameters.</summary>
internal static class SightingParameters
{
    /// <summary>Reads the filters.</summary>
    /// <param name="query">The request's query.</param>
    /// <param name="camera">The camera that the path names, or null.</param>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.InvalidParameter"/>, or what is wrong with an id.</exception>
    public static SightingQuery Read(IQueryCollection query, string? camera = null)
    {
        string? gallery = Parameters.NullIfEmpty(
            query["gallery"]), person = Parameters.NullIfEmpty(query["person"]), visitor = Parameters.NullIfEmpty(query["visitor"]);
        camera ??= Parameters.NullIfEmpty(query["camera"]);
        bool unknown = Flag(query, "unknown");
        if (gallery is null && (person ?? visitor) is not null)
        {
            throw Invalid("person and visitor are ids in a gallery: give gallery, too.");
        }

        if ((person is not null && visitor is not null) || (person is not null && unknown))
        {
            throw Invalid("person, visitor and unknown=true exclude each other, but for visitor and unknown=true.");
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
                _ => throw Invalid("status is present or ended."),
            },
            Time(query, "from"),
            Time(query, "to"));
    }

    private static bool Flag(IQueryCollection query, string name) => Parameters.NullIfEmpty(query[name]) switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw Invalid($"{name} is true or false."),
    };

    private static DateTimeOffset? Time(IQueryCollection query, string name) => Parameters.NullIfEmpty(query[name]) is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time
        : throw Invalid($"{name} is a time such as 2026-03-01T08:00:00Z; a + in it is written %2B.");

    private static FaceGridException Invalid(string detail) => new(ErrorCodes.InvalidParameter, detail);
}
