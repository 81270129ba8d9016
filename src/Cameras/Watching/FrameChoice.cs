using FaceGrid.Vision;
using FaceGrid.Vision.Tracking;

namespace FaceGrid.Cameras.Watching;

/// <summary>The faces of a frame that count, the tracks that they continue, and those of them that are embedded.</summary>
/// <param name="Counted">Index in the frame of each face that counts.</param>
/// <param name="Boxes">Box of each face that counts.</param>
/// <param name="Tracks">Track of each face that counts.</param>
/// <param name="Chosen">Indexes into <paramref name="Counted"/> of the faces to embed.</param>
internal sealed record FrameChoice(int[] Counted, FaceBox[] Boxes, FaceTrack[] Tracks, int[] Chosen)
{
    /// <summary>The choice of a frame that could not be read.</summary>
    public static FrameChoice None { get; } = new([], [], [], []);

    /// <summary>The choice as the pipeline takes it.</summary>
    /// <param name="faces">How many faces the frame has, counted or not.</param>
    /// <returns>For each face of the frame, whether it is to be embedded.</returns>
    public bool[] ToEmbed(int faces)
    {
        bool[] embed = new bool[faces];
        foreach (int index in Chosen)
        {
            embed[Counted[index]] = true;
        }

        return embed;
    }
}
