namespace FaceGrid.Vision;

/// <summary>The time of each step for one picture.</summary>
/// <param name="Wait">Waiting for a free thread.</param>
/// <param name="Decode">Decoding the picture.</param>
/// <param name="Detect">Finding the faces.</param>
/// <param name="Embed">
/// Aligning, measuring and embedding the faces and checking their liveness. It includes the wait for a shared run of the model.
/// </param>
public readonly record struct PictureTimes(TimeSpan Wait, TimeSpan Decode, TimeSpan Detect, TimeSpan Embed);
