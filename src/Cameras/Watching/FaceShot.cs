using FaceGrid.Vision;

namespace FaceGrid.Cameras.Watching;

/// <summary>A face of a frame that was embedded and is good enough to vote.</summary>
/// <param name="Index">Index among the faces of the frame that count.</param>
/// <param name="Face">What was measured.</param>
internal sealed record FaceShot(int Index, AnalysedFace Face);
