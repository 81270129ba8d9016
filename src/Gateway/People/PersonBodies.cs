using System.Text.Json.Serialization;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Recognition;

namespace FaceGrid.Gateway.People;

/// <summary>A person.</summary>
internal sealed record PersonBody(
    string Id, string? Name, Dictionary<string, string> Labels, long Revision, string? Contract, PersonFaceBody[] Faces)
{
    /// <summary>People declared not to be this one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string[]? DifferentFrom { get; init; }

    /// <summary>People who were merged into this one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string[]? Merged { get; init; }

    /// <summary>Into whom a merge broke off.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? MergingInto { get; init; }

    public static PersonBody Of(PersonInfo person) => new(
        person.Id, person.Name, person.Labels, person.Revision, person.Contract, [.. person.Faces.Select(PersonFaceBody.Of)])
    {
        DifferentFrom = person.DifferentFrom,
        Merged = person.Merged,
        MergingInto = person.MergingInto,
    };
}

/// <summary>An enrolled face; the embedding only where it was asked for.</summary>
internal sealed record PersonFaceBody(
    string Id,
    DateTimeOffset EnrolledAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Embedding? Embedding)
{
    /// <summary>What the gallery's policy noticed at enrolment.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReviewBody? Review { get; init; }

    public static PersonFaceBody Of(FaceInfo face) =>
        new(face.Id, face.EnrolledAt, face.Vector is null ? null : new Embedding(face.Vector)) { Review = ReviewBody.Of(face.Review) };
}

/// <summary>A page of people; <c>damaged</c> are ids of those whose row cannot be read, left out when there is none.</summary>
internal sealed record PeopleBody(
    PersonBody[] People, string? Next, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string[]? Damaged);

/// <summary>A change of a person; members that are absent stay as they are, faces are added.</summary>
/// <param name="Id">Person id, in bulk writes; elsewhere it is in the path, and given here it must be the same.</param>
/// <param name="Name">Display name, at most 256 characters.</param>
/// <param name="Labels">Free labels, replacing the old ones.</param>
/// <param name="Faces">Faces to add.</param>
/// <param name="Contract">Contract of the embeddings, or absent when it is the gallery's own.</param>
internal sealed record PersonWriteBody(
    string? Id, string? Name, Dictionary<string, string>? Labels, NewFaceBody[]? Faces, string? Contract);

/// <summary>A face to add; an absent id is derived from the embedding.</summary>
internal sealed record NewFaceBody(Embedding? Embedding, string? Id, DateTimeOffset? EnrolledAt);

/// <summary>Many people at once, 1,000 at most.</summary>
internal sealed record BulkWriteBody(PersonWriteBody[]? People);

/// <summary>What happened to each person of a bulk write, in the order given.</summary>
internal sealed record BulkResultsBody(BulkResultBody[] Results);

/// <summary>What happened to one person: the status that a single write would have had, and its problem code.</summary>
internal sealed record BulkResultBody(string? Id, int Status, string? Code, string? Detail);

/// <summary>An embedding with its contract.</summary>
internal sealed record ProbeBody(Embedding? Embedding, string? Contract)
{
    public Probe ToProbe() => Embedding is null
        ? throw new FaceGridException(ErrorCodes.InvalidJson, "The member embedding is needed.")
        : new Probe(Embedding.Bytes, Contract);
}

/// <summary>An enrolled face.</summary>
internal sealed record EnrolledBody(
    string Person,
    string Face,
    bool Created,
    bool Searchable,
    long Revision,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BoxBody? Box,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FaceQualityInfo? Quality,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Liveness? Liveness)
{
    /// <summary>What the gallery's policy noticed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReviewBody? Review { get; init; }
}

/// <summary>Whether a face is the person's; a reason, and no distance, where the policy did not let it be one.</summary>
internal sealed record VerifiedBody(
    bool Match,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? Distance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Face,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason,
    Threshold Threshold,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CandidateBody? RunnerUp,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? Margin,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Liveness? Liveness,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BoxBody? Box);
