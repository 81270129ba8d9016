using System.Text.Json.Serialization.Metadata;

namespace FaceGrid.Gateway.Bodies;

/// <summary>Makes answers with a body in the JSON of the API.</summary>
internal static class Answers
{
    public static IResult Json<T>(T body, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        Results.Json(body, type, statusCode: status);
}
