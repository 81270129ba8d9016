namespace FaceGrid.Abstractions.Cameras;

/// <summary>A part of the frame, as a polygon. A face is in it when the centre of its box is.</summary>
/// <param name="Corners">
/// x and y of each corner in turn, in fractions of the frame's width and height, 0 to 1; 3 to <see cref="CameraSettings.ZonesMax"/>
/// corners.
/// </param>
[GenerateSerializer, Immutable]
[Alias("fg.camera-zone")]
public sealed record CameraZone([property: Id(0)] float[] Corners)
{
    /// <summary>True when the number and the range of the corners are right.</summary>
    public bool IsValid => Corners is { Length: >= 6 and <= 2 * CameraSettings.ZonesMax }
        && Corners.Length % 2 == 0
        && Array.TrueForAll(Corners, corner => corner is >= 0 and <= 1);

    /// <summary>Whether a point is inside, by the even-odd rule: a line from it to the right crosses an odd number of edges.</summary>
    /// <param name="x">Fraction of the frame's width.</param>
    /// <param name="y">Fraction of the frame's height.</param>
    public bool Contains(float x, float y)
    {
        bool inside = false;
        for (int at = 0, before = Corners.Length - 2; at < Corners.Length; before = at, at += 2)
        {
            (float x1, float y1, float x2, float y2) = (Corners[before], Corners[before + 1], Corners[at], Corners[at + 1]);
            if (y1 > y != y2 > y && x < ((x2 - x1) * (y - y1) / (y2 - y1)) + x1)
            {
                inside = !inside;
            }
        }

        return inside;
    }
}
