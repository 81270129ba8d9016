using System.Text.Json;

namespace FaceGrid.Client;

/// <summary>What makes vectors comparable: only vectors of the same contract have distances that mean something.</summary>
/// <param name="Id">The contract's id.</param>
/// <param name="Dimension">Numbers per vector.</param>
public sealed record GalleryContract(string Id, int Dimension)
{
    /// <summary>Reads the contract of an answer.</summary>
    /// <param name="answer">A gallery or an embedding, as the API writes it.</param>
    /// <returns>The contract; null where there is none, as before the first enrolment.</returns>
    public static GalleryContract? Of(JsonElement answer) =>
        answer.Member("contract") is { } contract && contract.Text("id") is { } id && contract.Number("dimension") is { } dimension
            ? new GalleryContract(id, (int)dimension)
            : null;
}
