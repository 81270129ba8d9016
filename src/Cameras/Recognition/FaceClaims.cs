namespace FaceGrid.Cameras.Recognition;

/// <summary>A person near a face.</summary>
/// <param name="Who">The person or visitor.</param>
/// <param name="Distance">0 to 2.</param>
/// <param name="Threshold">The threshold in force in their gallery.</param>
internal readonly record struct Claim(Identity Who, float Distance, float Threshold);

/// <summary>Two faces of one frame are never the same person.</summary>
internal static class FaceClaims
{
    /// <summary>
    /// Gives each face the nearest person within the threshold whom no nearer face has: the smallest distance of the whole frame goes
    /// first. A face that loses gets the next person within the threshold, or nobody.
    /// </summary>
    /// <param name="faces">For each face of the frame the people near it, in any order, people beyond the threshold included.</param>
    /// <returns>For each face the claim that was granted, or null.</returns>
    public static Claim?[] Grant(IReadOnlyList<IReadOnlyList<Claim>> faces)
    {
        var granted = new Claim?[faces.Count];
        var taken = new HashSet<Identity>();
        IEnumerable<(int Face, Claim Claim)> claims = faces
            .SelectMany((claims, face) => claims.Select(claim => (Face: face, Claim: claim)))
            .Where(each => each.Claim.Distance <= each.Claim.Threshold)
            .OrderBy(each => each.Claim.Distance).ThenBy(each => each.Claim.Who.Person, StringComparer.Ordinal).ThenBy(each => each.Face);
        foreach ((int face, Claim claim) in claims)
        {
            if (granted[face] is null && taken.Add(claim.Who))
            {
                granted[face] = claim;
            }
        }

        return granted;
    }
}
