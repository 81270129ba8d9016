using FaceGrid.Vision.Embedding;
using FaceGrid.Evaluation.Faces;
using FaceGrid.Vision;

namespace FaceGrid.Evaluation.Detectors;

/// <summary>Runs two detectors over the same pictures. Each detector has a pipeline of its own, like that of a node.</summary>
/// <param name="candidate">The pipeline with the detector that is judged.</param>
/// <param name="reference">The pipeline with the detector that it is compared with.</param>
/// <param name="unsure">
/// The pipeline of the reference with a low least confidence. When the judged detector also reports such an unsure face, this is no proof
/// of a mistake.
/// </param>
internal sealed class DetectorEvaluation(FacePipeline candidate, FacePipeline reference, FacePipeline unsure)
{
    private const float SameFace = 0.5f;
    private const float AnyFace = 0.3f;

    /// <summary>Compares the two on one picture.</summary>
    /// <param name="name">The picture's name.</param>
    /// <param name="picture">Its bytes.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>The figures of this picture.</returns>
    /// <exception cref="EvaluationException">The bytes are not a picture.</exception>
    public async Task<DetectorFigures> CompareAsync(string name, byte[] picture, CancellationToken cancellationToken)
    {
        PictureAnalysis found = await candidate.AnalyseAsync(picture, PictureRequest.Faces, cancellationToken);
        PictureAnalysis wanted = await reference.AnalyseAsync(picture, PictureRequest.Faces, cancellationToken);
        PictureAnalysis perhaps = await unsure.AnalyseAsync(picture, PictureRequest.Faces, cancellationToken);
        if (found.Status != PictureStatus.Ok)
        {
            throw new EvaluationException($"{name}: {found.Detail}", "file");
        }

        FaceBox[] boxes = [.. found.Faces.Select(face => face.Box)];
        FaceBox[] known = [.. wanted.Faces.Concat(perhaps.Faces).Select(face => face.Box)];
        bool IsFound(FaceBox box) => Array.Exists(boxes, other => Overlap(box, other) >= SameFace);
        int main = MainFace.Choose(wanted);
        return new DetectorFigures(
            name,
            1,
            wanted.Faces.Count,
            wanted.Faces.Count(face => IsFound(face.Box)),
            boxes.Count(box => !Array.Exists(known, other => Overlap(box, other) >= AnyFace)),
            main < 0 ? 0 : 1,
            main >= 0 && IsFound(wanted.Faces[main].Box) ? 1 : 0);
    }

    private static float Overlap(FaceBox a, FaceBox b)
    {
        float shared = a.Intersection(b);
        return shared / (a.Area + b.Area - shared);
    }
}
