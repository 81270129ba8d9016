using System.Text.Json.Serialization;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Gateway.People;

namespace FaceGrid.Gateway.Problems;

/// <summary>An RFC 9457 problem document.</summary>
/// <param name="Type"><c>https://facegrid.dev/problems/{code}</c>.</param>
/// <param name="Title">The code in words. It is the same for every occurrence.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Detail">What is wrong this time.</param>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="RequestId">The id of the request, by which the log can be searched.</param>
internal sealed record ProblemBody(string Type, string Title, int Status, string Detail, string Code, string RequestId)
{
    /// <summary>The person who looks like the face. Set with <see cref="ErrorCodes.DuplicatePerson"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LookAlikeBody? LookAlike { get; init; }

    /// <summary>What is wrong with the face. Set with <see cref="ErrorCodes.LowQuality"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string[]? Reasons { get; init; }

    /// <summary>The usable faces of the picture. Set with <see cref="ErrorCodes.SeveralFaces"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FacePlaceBody[]? Faces { get; init; }
}
