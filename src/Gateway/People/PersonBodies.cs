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

    /// <summary>The person into whom an interrupted merge was to move the faces.</summary>
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

/// <summary>An enrolled face. The embedding is there only when the caller asked for it.</summary>
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

/// <summary>A page of people. <c>damaged</c> lists the ids of people whose row cannot be read; it is left out when empty.</summary>
internal sealed record PeopleBody(
    PersonBody[] People, string? Next, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string[]? Damaged);

/// <summary>A change of a person. An absent member keeps its value. Faces are added.</summary>
/// <param name="Id">Person id, needed in bulk writes. Other routes have it in the path; an id given here as well must be the same.</param>
/// <param name="Name">Display name, at most 256 characters.</param>
/// <param name="Labels">Free labels. They replace the old ones.</param>
/// <param name="Faces">Faces to add.</param>
/// <param name="Contract">Contract of the embeddings; absent for the contract of the gallery.</param>
internal sealed record PersonWriteBody(
    string? Id, string? Name, Dictionary<string, string>? Labels, NewFaceBody[]? Faces, string? Contract);

/// <summary>A face to add. An absent id is computed from the embedding.</summary>
internal sealed record NewFaceBody(Embedding? Embedding, string? Id, DateTimeOffset? EnrolledAt);

/// <summary>People to write in one request, at most 1,000.</summary>
internal sealed record BulkWriteBody(PersonWriteBody[]? People);

/// <summary>The outcome for each person of a bulk write, in the order given.</summary>
internal sealed record BulkResultsBody(BulkResultBody[] Results);

/// <summary>The outcome for one person: the HTTP status and problem code that a single write would have had.</summary>
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

    /// <summary>What the face was chosen from, when the picture has several usable faces.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChosenBody? Chosen { get; init; }

    /// <summary>Degrees clockwise by which the picture was turned to make its faces upright. Boxes are in the picture as it came.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Turned { get; init; }
}

/// <summary>Whether a face is the person's. When the policy rejects the face, there is a reason and no distance.</summary>
internal sealed record VerifiedBody(
    bool Match,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? Distance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Face,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason,
    Threshold Threshold,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CandidateBody? RunnerUp,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? Margin,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Liveness? Liveness,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BoxBody? Box)
{
    /// <summary>What the face was chosen from, when the picture has several usable faces.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChosenBody? Chosen { get; init; }

    /// <summary>Degrees clockwise by which the picture was turned to make its faces upright. Boxes are in the picture as it came.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Turned { get; init; }
}
