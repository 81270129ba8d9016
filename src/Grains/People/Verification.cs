using System.Runtime.InteropServices;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Storage;
using FaceGrid.Search;

namespace FaceGrid.Grains.People;

/// <summary>Compares a probe with the faces of one person.</summary>
internal static class Verification
{
    /// <summary>The faces that a probe may be compared with.</summary>
    /// <param name="state">A row, arranged for the gallery's contracts.</param>
    /// <returns>At least one face: not in quarantine, and with a vector.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.FaceNotFound"/>.</exception>
    public static FaceState[] FacesOf(PersonState state)
    {
        FaceState[] faces = [.. state.Faces.Where(face => face.IsSearched)];
        return faces.Length > 0 ? faces : throw new FaceGridException(ErrorCodes.FaceNotFound, "The person has no face to compare with.");
    }

    /// <summary>Compares.</summary>
    /// <param name="probe">Unit vector.</param>
    /// <param name="faces">At least one face; of equally near ones the first counts.</param>
    /// <param name="threshold">The threshold in force.</param>
    public static VerifyResult Compare(ReadOnlySpan<float> probe, FaceState[] faces, Threshold threshold)
    {
        (FaceState Face, float Squared) best = (faces[0], float.PositiveInfinity);
        foreach (FaceState face in faces)
        {
            float squared = Distance.Squared(probe, MemoryMarshal.Cast<byte, float>(face.Vector));
            if (squared < best.Squared)
            {
                best = (face, squared);
            }
        }

        float distance = MathF.Sqrt(best.Squared);
        return new VerifyResult(threshold.Matches(distance), distance, best.Face.Id, threshold);
    }
}
