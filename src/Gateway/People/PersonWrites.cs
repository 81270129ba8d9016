using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Gateway.Bodies;

namespace FaceGrid.Gateway.People;

/// <summary>Turns the JSON of a person into the message that the person grain takes.</summary>
internal static class PersonWrites
{
    private const int FacesMax = 1000;

    public static PersonWrite ToMessage(PersonWriteBody body, bool bulk)
    {
        NewFaceBody[] faces = body.Faces ?? [];
        if (faces.Length > FacesMax)
        {
            throw new FaceGridException(ErrorCodes.TooManyFaces, $"One write has at most {FacesMax} faces.");
        }

        if (body.Name?.Length > Parameters.NameLengthMax)
        {
            throw new FaceGridException(ErrorCodes.InvalidParameter, $"A name has at most {Parameters.NameLengthMax} characters.");
        }

        if (body.Labels?.Values.Any(value => value is null) == true)
        {
            throw new FaceGridException(ErrorCodes.InvalidParameter, "A label's value is a text.");
        }

        return new PersonWrite(body.Name, body.Labels, [.. faces.Select(face => ToFace(face, body.Contract))], bulk);
    }

    /// <summary>201 for a new person, 200 for a known one, 202 when the change is durable but not searchable yet.</summary>
    public static int StatusOf(bool created, bool searchable) =>
        !searchable ? StatusCodes.Status202Accepted : created ? StatusCodes.Status201Created : StatusCodes.Status200OK;

    private static NewFace ToFace(NewFaceBody? face, string? contract)
    {
        if (face?.Embedding is null)
        {
            throw new FaceGridException(ErrorCodes.InvalidJson, "Every face needs its embedding.");
        }

        if (face.Id is not null && !Parameters.IsFaceId(face.Id))
        {
            throw new FaceGridException(ErrorCodes.InvalidParameter, "A face id has 32 lower-case hex digits.");
        }

        return new NewFace(face.Id ?? FaceIds.Of(face.Embedding.Bytes), face.Embedding.Bytes, contract, face.EnrolledAt?.ToUniversalTime());
    }
}
