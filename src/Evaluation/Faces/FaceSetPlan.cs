using FaceGrid.Vision;

namespace FaceGrid.Evaluation.Faces;

/// <summary>How labelled pictures become vectors.</summary>
/// <param name="Detector">Profile id, or path of a profile file.</param>
/// <param name="Embedder">Profile id, or path of a profile file.</param>
/// <param name="ModelDirectory">Directory of models; null for the usual one.</param>
/// <param name="Threads">Threads to work with, at least 1.</param>
/// <param name="Codec">Picture codec, a name of <c>PictureCodecs</c>.</param>
/// <param name="KeepIn">Directory in which vectors are kept, one file per contract, detector and codec; null keeps none.</param>
/// <param name="Only">People who stay in the set; null for everybody.</param>
internal sealed record FaceSetPlan(
    string Detector, string Embedder, string? ModelDirectory, int Threads, string Codec, string? KeepIn, IReadOnlySet<string>? Only)
{
    /// <summary>The default codec of a node.</summary>
    public static string DefaultCodec => new VisionOptions().Codec;
}
