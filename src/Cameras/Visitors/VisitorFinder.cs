using System.Security.Cryptography;
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Cameras.Recognition;
using FaceGrid.Cameras.Visits;
using FaceGrid.Grains.Maps;
using FaceGrid.Vision.Alignment;

namespace FaceGrid.Cameras.Visitors;

/// <summary>
/// Recognises unknown people: looks for them in the gallery of visitors, and enrols new ones there. An operator names a visitor, or deletes
/// one, like any other person. A gallery that migrates to the second model is asked under the contract that it searches, and gets what it
/// keeps of any other face: vectors of both models, and cut-outs where its policy says so.
/// </summary>
/// <param name="gallery">The gallery of visitors.</param>
/// <param name="contract">Contract of the first embedder.</param>
/// <param name="nextContract">Contract of the second one, or null.</param>
/// <param name="maps">Contract and policy of the gallery.</param>
/// <param name="grains">Finds the gallery.</param>
internal sealed class VisitorFinder(string gallery, string contract, string? nextContract, GalleryMaps maps, IGrainFactory grains)
{
    /// <summary>Shots that a new visitor is enrolled with.</summary>
    private const int ShotsMax = 3;

    /// <summary>Weight of the best shot that a new visitor needs; a poor one would match everybody.</summary>
    private const float WeightMin = 0.25f;

    /// <summary>True when cut-outs of new visitors are kept.</summary>
    /// <param name="cancellationToken">Stops waiting for the gallery.</param>
    /// <exception cref="FaceGridException">The gallery is gone or cannot be reached.</exception>
    public async ValueTask<bool> KeepsCropsAsync(CancellationToken cancellationToken) =>
        (await maps.GetAsync(gallery, fresh: false, cancellationToken)).Enrolment?.Crops == true;

    /// <summary>Finds the visitor that an unknown face is, or makes one.</summary>
    /// <param name="follower">The face. It is not changed: an answer that comes too late must have no effect.</param>
    /// <param name="taken">Visitors who are other faces of the same frame.</param>
    /// <param name="cancellationToken">Stops waiting; a new visitor may be enrolled all the same, and a repeated call finds them.</param>
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
        bool isMigrated = nextContract is not null && map.Contract?.Id == nextContract;
        Probe[] probes = Array.ConvertAll(shots, shot => isMigrated
            ? new Probe(Vectors.ToBytes(shot.Next!), nextContract)
            : new Probe(Vectors.ToBytes(shot.First), contract));
        string[] others = [.. taken.Select(other => other.Person!)];
        Stranger? stranger = follower.BestWeight >= WeightMin ? new Stranger(FacesOf(follower, shots, probes, map), others) : null;
        if (await NearestAsync(grains, gallery, probes, others, cancellationToken) is { } known)
        {
            return known;
        }

        IVisitorsGrain visitors = grains.GetGrain<IVisitorsGrain>(IVisitorsGrain.KeyOf(gallery));
        return stranger is null ? null : await visitors.MeetAsync(stranger, cancellationToken);
    }

    /// <summary>The nearest visitor within the threshold who is not another face of the frame.</summary>
    /// <returns>The visitor; null where there is none.</returns>
    public static async Task<MetVisitor?> NearestAsync(
        IGrainFactory grains, string gallery, Probe[] probes, string[] taken, CancellationToken cancellationToken)
    {
        var request = new IdentifyRequest(gallery, probes, Limit: 5, Threshold: null, AllowPartial: false);
        IdentifyAnswer answer = await IIdentifyGrain.Any(grains).IdentifyAsync(request, cancellationToken);
        return answer.Answers
            .SelectMany(each => each.Candidates)
            .Where(candidate => answer.Threshold.Matches(candidate.Distance) && !taken.Contains(candidate.Person))
            .OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Person, StringComparer.Ordinal)
            .Select(candidate => new MetVisitor(candidate.Person, candidate.Distance)).FirstOrDefault();
    }

    /// <summary>
    /// The faces that a new visitor is enrolled with. The ids follow from the shots, whatever model is searched, so that a call whose
    /// answer was lost is repeated for the same visitor.
    /// </summary>
    private NewFace[] FacesOf(Follower follower, (float[] First, float[]? Next, AlignedCrop? Crop)[] shots, Probe[] probes, GalleryMap map)
    {
        bool first = map.Other?.Id == contract, second = nextContract is not null && map.Other?.Id == nextContract;
        return
        [
            .. shots.Select((shot, index) => new NewFace(
                Convert.ToHexStringLower(SHA256.HashData(Vectors.ToBytes(shot.First)))[..32],
                probes[index].Vector,
                probes[index].Contract,
                EnrolledAt: null)
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
