using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Search;

namespace FaceGrid.Gateway.Recognition;

/// <summary>The one face that a request is about.</summary>
/// <param name="Probe">Its vector and contract.</param>
/// <param name="Face">The face, or null when an embedding was given.</param>
/// <param name="OtherContract">Contract of the face's second vector, or null.</param>
/// <param name="Id">Face id, computed from the bytes of the request; see <see cref="People.FaceIds"/>.</param>
internal sealed record OneFace(Probe Probe, PictureFace? Face, string? OtherContract, string Id)
{
    /// <summary>What the face was chosen from, when the picture has several usable faces; else null.</summary>
    public ChosenBody? Chosen { get; init; }

    /// <summary>Degrees clockwise by which the picture was turned to make its faces upright.</summary>
    public int Turned { get; init; }
}
