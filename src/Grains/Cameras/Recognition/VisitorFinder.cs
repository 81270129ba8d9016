using System.Security.Cryptography;

namespace FaceGrid.Grains.Cameras;

/// <summary>Knows again who is unknown: looks for them in the gallery of visitors, and enrols there who is new. An operator names a visitor, or deletes one, as any other person.</summary>
/// <param name="gallery">The gallery of visitors.</param>
/// <param name="contract">Contract of the embedder.</param>
/// <param name="grains">Finds the gallery.</param>
internal sealed class VisitorFinder(string gallery, string contract, IGrainFactory grains)
{
    /// <summary>Shots that a new visitor is enrolled with.</summary>
    private const int ShotsMax = 3;

    /// <summary>The best shot of somebody who is enrolled must be at least so good; a poor one would be found again by everybody.</summary>
    private const float WeightMin = 0.25f;

    /// <summary>Finds the visitor that an unknown face is, or makes one.</summary>
    /// <param name="follower">The face; its visitor is set when there is one.</param>
    /// <param name="taken">Visitors who are other faces of the same frame.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it is known, or cannot be because no shot is good enough.</returns>
    /// <exception cref="FaceGridException">The gallery could not be asked, or did not take the visitor.</exception>
    public async Task FindAsync(Follower follower, IReadOnlySet<Identity> taken, CancellationToken cancellationToken)
    {
        float[][] looks = [.. follower.Track.Looks.Take(ShotsMax)];
        if (looks.Length == 0)
        {
            return;
        }

        Probe[] probes = Array.ConvertAll(looks, look => new Probe(Vectors.ToBytes(look), contract));
        IdentifyAnswer answer = await Naming.Of(grains).IdentifyAsync(new IdentifyRequest(gallery, probes, Limit: 5, Threshold: null, AllowPartial: false), cancellationToken);
        IEnumerable<Candidate> near = answer.Threshold.Origin == "none" ? [] : answer.Answers.SelectMany(each => each.Candidates).Where(candidate => candidate.Distance <= answer.Threshold.Distance);
        foreach (Candidate candidate in near.OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Person, StringComparer.Ordinal))
        {
            var known = new Identity(IdentityKind.Visitor, gallery, candidate.Person);
            if (!taken.Contains(known))
            {
                (follower.Visitor, follower.VisitorDistance) = (known, candidate.Distance);
                return;
            }
        }

        if (follower.BestWeight >= WeightMin)
        {
            follower.Visitor = await EnrolAsync(follower, probes, cancellationToken);
        }
    }

    private async Task<Identity> EnrolAsync(Follower follower, Probe[] probes, CancellationToken cancellationToken)
    {
        // The id follows from the shot, so that a call whose answer was lost is repeated for the same visitor.
        string id = "visitor-" + FaceIdOf(probes[0])[..16];
        NewFace[] faces = [.. probes.Select((probe, index) => new NewFace(FaceIdOf(probe), probe.Vector, contract, EnrolledAt: null)
        {
            Quality = index == 0 ? follower.Shot?.Quality : null,
            Confidence = index == 0 ? follower.Shot?.Confidence : null,
        })];
        try
        {
            await grains.GetGrain<IPersonGrain>(PersonKey.Of(gallery, id).ToString()).WriteAsync(new PersonWrite(null, null, faces, Bulk: false), cancellationToken);
            return new Identity(IdentityKind.Visitor, gallery, id);
        }
        catch (FaceGridException duplicate) when (duplicate is { Code: ErrorCodes.DuplicatePerson, LookAlike: { } other })
        {
            return new Identity(IdentityKind.Visitor, gallery, other.Person);
        }
    }

    private static string FaceIdOf(Probe probe) => Convert.ToHexStringLower(SHA256.HashData(probe.Vector))[..32];
}
