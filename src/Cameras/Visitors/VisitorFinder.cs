using System.Security.Cryptography;
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Cameras.Recognition;
using FaceGrid.Cameras.Visits;
using FaceGrid.Grains.Galleries;
using FaceGrid.Vision.Alignment;

namespace FaceGrid.Cameras.Visitors;

/// <summary>
/// Knows again who is unknown: looks for them in the gallery of visitors, and enrols there who is new. An operator names a visitor, or deletes one, as any other person. A gallery that moves to the second model is
/// asked under the contract that it searches, and gets what it keeps of any other face: vectors of both, and cut-outs where its policy says so.
/// </summary>
/// <param name="gallery">The gallery of visitors.</param>
/// <param name="contract">Contract of the first embedder.</param>
/// <param name="nextContract">Contract of the second one, or null.</param>
/// <param name="maps">What the gallery says of itself.</param>
/// <param name="grains">Finds the gallery.</param>
internal sealed class VisitorFinder(string gallery, string contract, string? nextContract, GalleryMaps maps, IGrainFactory grains)
{
    /// <summary>Shots that a new visitor is enrolled with.</summary>
    private const int ShotsMax = 3;

    /// <summary>The best shot of somebody who is enrolled must be at least so good; a poor one would be found again by everybody.</summary>
    private const float WeightMin = 0.25f;

    /// <summary>True when cut-outs of new visitors are kept.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FaceGridException">The gallery is gone or cannot be reached.</exception>
    public async ValueTask<bool> KeepsCropsAsync(CancellationToken cancellationToken) => (await maps.GetAsync(gallery, fresh: false, cancellationToken)).Enrolment?.Crops == true;

    /// <summary>Finds the visitor that an unknown face is, or makes one.</summary>
    /// <param name="follower">The face. It is not changed: an answer that nobody waits for any more must not be taken over.</param>
    /// <param name="taken">Visitors who are other faces of the same frame.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The visitor; null where no shot is good enough to say.</returns>
    /// <exception cref="FaceGridException">The gallery could not be asked, or did not take the visitor.</exception>
    public async Task<MetVisitor?> FindAsync(Follower follower, IReadOnlySet<Identity> taken, CancellationToken cancellationToken)
    {
        (float[] First, float[]? Next, AlignedCrop? Crop)[] shots = [.. follower.Shots.Take(ShotsMax)];
        if (shots.Length == 0)
        {
            return null;
        }

        GalleryMap map = await maps.GetAsync(gallery, fresh: false, cancellationToken);
        bool moved = nextContract is not null && map.Contract?.Id == nextContract;
        Probe[] probes = Array.ConvertAll(shots, shot => moved ? new Probe(Vectors.ToBytes(shot.Next!), nextContract) : new Probe(Vectors.ToBytes(shot.First), contract));
        string[] others = [.. taken.Select(other => other.Person!)];
        Stranger? stranger = follower.BestWeight >= WeightMin ? new Stranger(FacesOf(follower, shots, probes, map), others) : null;
        return await NearestAsync(grains, gallery, probes, others, cancellationToken)
            ?? (stranger is null ? null : await grains.GetGrain<IVisitorsGrain>(IVisitorsGrain.KeyOf(gallery)).MeetAsync(stranger, cancellationToken));
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

    /// <summary>What a new visitor is enrolled with. The ids follow from the shots, whatever model is searched, so that a call whose answer was lost is repeated for the same visitor.</summary>
    private NewFace[] FacesOf(Follower follower, (float[] First, float[]? Next, AlignedCrop? Crop)[] shots, Probe[] probes, GalleryMap map)
    {
        bool first = map.Other?.Id == contract, second = nextContract is not null && map.Other?.Id == nextContract;
        return
        [
            .. shots.Select((shot, index) => new NewFace(
                Convert.ToHexStringLower(SHA256.HashData(Vectors.ToBytes(shot.First)))[..32], probes[index].Vector, probes[index].Contract, EnrolledAt: null)
            {
                Quality = index == 0 ? follower.Shot?.Quality : null,
                Confidence = index == 0 ? follower.Shot?.Confidence : null,
                OtherVector = first ? Vectors.ToBytes(shot.First) : second ? Vectors.ToBytes(shot.Next!) : null,
                OtherContract = first ? contract : second ? nextContract : null,
                Crop = map.Enrolment?.Crops == true && shot.Crop is { } crop ? new FaceCrop(crop.Picture, crop.Landmarks.ToArray()) : null,
            }),
        ];
    }
}
