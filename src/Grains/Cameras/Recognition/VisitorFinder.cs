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

        string[] others = [.. taken.Select(other => other.Person!)];
        Probe[] probes = Array.ConvertAll(looks, look => new Probe(Vectors.ToBytes(look), contract));
        MetVisitor? met = await NearestAsync(grains, gallery, probes, others, cancellationToken);
        if (met is null && follower.BestWeight >= WeightMin)
        {
            met = await grains.GetGrain<IVisitorsGrain>(IVisitorsGrain.KeyOf(gallery)).MeetAsync(new Stranger(FacesOf(follower, probes), others), cancellationToken);
        }

        if (met is not null)
        {
            (follower.Visitor, follower.VisitorDistance) = (new Identity(IdentityKind.Visitor, gallery, met.Visitor), met.Distance);
        }
    }

    /// <summary>The nearest visitor within the threshold who is nobody else in the frame.</summary>
    /// <returns>The visitor; null where there is none.</returns>
    public static async Task<MetVisitor?> NearestAsync(IGrainFactory grains, string gallery, Probe[] probes, string[] taken, CancellationToken cancellationToken)
    {
        IdentifyAnswer answer = await Naming.Of(grains).IdentifyAsync(new IdentifyRequest(gallery, probes, Limit: 5, Threshold: null, AllowPartial: false), cancellationToken);
        IEnumerable<Candidate> near = answer.Threshold.Origin == "none" ? [] : answer.Answers.SelectMany(each => each.Candidates).Where(candidate => candidate.Distance <= answer.Threshold.Distance);
        return near.Where(candidate => !taken.Contains(candidate.Person)).OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Person, StringComparer.Ordinal)
            .Select(candidate => new MetVisitor(candidate.Person, candidate.Distance)).FirstOrDefault();
    }

    private NewFace[] FacesOf(Follower follower, Probe[] probes) =>
    [
        .. probes.Select((probe, index) => new NewFace(Convert.ToHexStringLower(SHA256.HashData(probe.Vector))[..32], probe.Vector, contract, EnrolledAt: null)
        {
            Quality = index == 0 ? follower.Shot?.Quality : null,
            Confidence = index == 0 ? follower.Shot?.Confidence : null,
        }),
    ];
}
