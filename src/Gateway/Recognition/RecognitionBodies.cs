using System.Text.Json.Serialization;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Gateway.Bodies;

namespace FaceGrid.Gateway.Recognition;

/// <summary>The box of a face, in pixels of the upright picture. The origin is at the top left.</summary>
internal sealed record BoxBody(float X, float Y, float Width, float Height)
{
    public static BoxBody Of(PictureFace face) => new(face.X, face.Y, face.Width, face.Height);

    public static BoxBody? OfNullable(PictureFace? face) => face is null ? null : Of(face);
}

/// <summary>
/// Which face of several an answer is about: its number in the order of detection, the usable faces of the picture, and how many times as
/// prominent as the next one it is.
/// </summary>
internal sealed record ChosenBody(int Face, int Faces, float Dominance);

/// <summary>A face in a picture.</summary>
internal sealed record FaceBody(
    BoxBody Box,
    float[][] Landmarks,
    float Confidence,
    FaceQualityInfo Quality,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Liveness? Liveness,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Embedding? Embedding)
{
    public static FaceBody Of(PictureFace face) => new(
        BoxBody.Of(face), [.. face.Landmarks.Chunk(2)], face.Confidence, face.Quality, face.Liveness, face.Vector is null
            ? null
            : new Embedding(face.Vector));
}

/// <summary>The faces of a picture.</summary>
internal sealed record DetectedBody(int Width, int Height, FaceBody[] Faces)
{
    /// <summary>Degrees clockwise by which the picture was turned to make its faces upright. Boxes are in the picture as it came.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Turned { get; init; }
}

/// <summary>The faces of a picture with their embeddings.</summary>
internal sealed record EmbeddedBody(int Width, int Height, Contract Contract, FaceBody[] Faces)
{
    /// <summary>Degrees clockwise by which the picture was turned to make its faces upright. Boxes are in the picture as it came.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Turned { get; init; }
}

/// <summary>Two embeddings to compare.</summary>
internal sealed record ComparePairBody(Embedding? A, Embedding? B);

/// <summary>Whether two faces are the same person's.</summary>
internal sealed record ComparedBody(bool Match, float Distance, Threshold Threshold)
{
    /// <summary>What the face of picture a was chosen from, when that picture has several usable faces.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChosenBody? ChosenA { get; init; }

    /// <summary>The same for picture b.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChosenBody? ChosenB { get; init; }

    /// <summary>Degrees clockwise by which picture a was turned to make its faces upright.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int TurnedA { get; init; }

    /// <summary>The same for picture b.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int TurnedB { get; init; }
}

/// <summary>Embeddings to identify.</summary>
internal sealed record IdentifyProbesBody(Embedding[]? Embeddings, string? Contract);

/// <summary>The answer to an identification.</summary>
internal sealed record IdentifiedBody(IdentifiedFaceBody[] Faces, Threshold Threshold, long People, bool Complete, ShardsBody Shards)
{
    /// <summary>Degrees clockwise by which the picture was turned to make its faces upright. Boxes are in the picture as it came.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Turned { get; init; }
}

/// <summary>The answer for one face: the decision (match, unknown or spoof), the person if it is a match, and the nearest people.</summary>
internal sealed record IdentifiedFaceBody(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BoxBody? Box,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? Confidence,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FaceQualityInfo? Quality,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Liveness? Liveness,
    string Decision,
    string? Person,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? Margin,
    CandidateBody[] Candidates);

/// <summary>A person near the face.</summary>
internal sealed record CandidateBody(string Person, string Face, float Distance);

/// <summary>How many shards of the gallery were asked, and how many answered.</summary>
internal sealed record ShardsBody(int Asked, int Answered);
