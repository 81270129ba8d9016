using FaceGrid.Models;

namespace FaceGrid.Vision.Detection;

/// <summary>A face that the detector found.</summary>
/// <param name="Box">Its box, in pixels of the picture given to the detector.</param>
/// <param name="Landmarks">Its landmarks, in the same pixels.</param>
/// <param name="Confidence">The detector's confidence, 0 to 1.</param>
public sealed record DetectedFace(FaceBox Box, FaceLandmarks Landmarks, float Confidence);
