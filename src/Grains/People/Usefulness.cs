using System.Runtime.InteropServices;
using FaceGrid.Grains.Storage;
using FaceGrid.Search;

namespace FaceGrid.Grains.People;

/// <summary>
/// Which template of a person is missed least. A template is useful where no other of the person is near: the least useful is the one
/// nearest to another, because the other recognises the same pictures. Of the nearest pair the less sharp one goes, and where sharpness
/// is not known or equal, the older.
/// </summary>
internal static class Usefulness
{
    /// <summary>Finds the least useful face.</summary>
    /// <param name="candidates">Faces that may go, oldest first; at least one.</param>
    /// <param name="others">Faces that stay.</param>
    /// <returns>One of the candidates.</returns>
    public static FaceState Least(FaceState[] candidates, FaceState[] others) =>
        candidates.MinBy(face => (Nearest(face, [.. candidates, .. others]), face.Quality?.Sharpness ?? -1f))!;

    /// <summary>Squared distance of two faces, 0 to 4; the same for both orders.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">Another.</param>
    public static float SquaredDistance(FaceState a, FaceState b) =>
        Distance.Squared(MemoryMarshal.Cast<byte, float>(a.Vector), MemoryMarshal.Cast<byte, float>(b.Vector));

    /// <summary>Distance of a face to the nearest other searched face of its person, 0 to 2.</summary>
    /// <param name="face">A face with a vector.</param>
    /// <param name="all">Faces of the person; the face itself does not count.</param>
    /// <returns>Infinity when there is no other.</returns>
    public static float OwnDistance(FaceState face, IEnumerable<FaceState> all) =>
        MathF.Sqrt(Nearest(face, all.Where(other => other.IsSearched)));

    private static float Nearest(FaceState face, IEnumerable<FaceState> all)
    {
        float nearest = float.PositiveInfinity;
        foreach (FaceState other in all)
        {
            nearest = ReferenceEquals(other, face) ? nearest : MathF.Min(nearest, SquaredDistance(face, other));
        }

        return nearest;
    }
}
