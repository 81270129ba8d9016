using System.Runtime.InteropServices;
using FaceGrid.Grains.Storage;
using FaceGrid.Search;

namespace FaceGrid.Grains.People;

/// <summary>
/// Which template of a person is missed least. A template is useful where no other of the person is near: the least useful is the one nearest to another, because what it recognises the other recognises too.
/// Of the nearest pair the less sharp one goes, and where sharpness is not known or equal, the older.
/// </summary>
internal static class Usefulness
{
    /// <summary>Finds the least useful face.</summary>
    /// <param name="candidates">Faces that may go, oldest first; at least one.</param>
    /// <param name="others">Faces that stay.</param>
    /// <returns>One of the candidates.</returns>
    public static FaceState Least(FaceState[] candidates, FaceState[] others) =>
        candidates.MinBy(face => (Nearest(face, [.. candidates, .. others]), face.Quality?.Sharpness ?? -1f))!;

    private static float Nearest(FaceState face, FaceState[] all)
    {
        float nearest = float.PositiveInfinity;
        foreach (FaceState other in all)
        {
            nearest = ReferenceEquals(other, face) ? nearest : MathF.Min(nearest, SquaredDistance(face, other));
        }

        return nearest;
    }

    /// <summary>Squared distance of two faces, 0 to 4.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">Another.</param>
    /// <returns>The same for both orders.</returns>
    public static float SquaredDistance(FaceState a, FaceState b) =>
        Distance.Squared(MemoryMarshal.Cast<byte, float>(a.Vector), MemoryMarshal.Cast<byte, float>(b.Vector));
}
