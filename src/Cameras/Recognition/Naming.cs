using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Maps;

namespace FaceGrid.Cameras.Recognition;

/// <summary>
/// Asks the galleries of a camera who the faces of a frame are: one question per gallery and frame. Questions of several cameras meet in
/// the shards, which answer them in one scan.
/// </summary>
/// <param name="settings">The camera's settings.</param>
/// <param name="contract">Contract of the first embedder.</param>
/// <param name="nextContract">Contract of the second one, or null.</param>
/// <param name="maps">Policies of the galleries.</param>
/// <param name="grains">Finds the galleries.</param>
internal sealed class Naming(CameraSettings settings, string contract, string? nextContract, GalleryMaps maps, IGrainFactory grains)
{
    /// <summary>People asked for per face: a face that loses a person to a nearer face gets the next one.</summary>
    private const int CandidatesMax = 5;

    /// <summary>
    /// The policy against presentation attacks in force: the strictest of the camera's, its galleries', and the enrolment policy of its
    /// gallery of visitors.
    /// </summary>
    /// <exception cref="FaceGridException">A gallery is gone or cannot be reached; its policy is not guessed.</exception>
    public async ValueTask<PadPolicy> PadAsync(CancellationToken cancellationToken)
    {
        PadPolicy policy = settings.Pad;
        foreach (string gallery in settings.Galleries)
        {
            policy = PadRules.Stricter((await maps.GetAsync(gallery, fresh: false, cancellationToken)).Pad?.Identify, policy);
        }

        try
        {
            return settings.Visitors is { } visitors
                ? PadRules.Stricter((await maps.GetAsync(visitors, fresh: false, cancellationToken)).Pad?.Enrol, policy)
                : policy;
        }
        catch (FaceGridException gone) when (gone.Code == ErrorCodes.GalleryNotFound)
        {
            return policy; // Nobody is enrolled there any more.
        }
    }

    /// <summary>Asks who some faces are.</summary>
    /// <param name="looks">Their embeddings by both embedders; at least one face.</param>
    /// <param name="cancellationToken">Stops waiting for the galleries.</param>
    /// <returns>
    /// For each face the people near it, over all galleries that count, people beyond the threshold included. The threshold is the one in
    /// force, the largest of several, or null where none is known.
    /// </returns>
    /// <exception cref="FaceGridException">A gallery refused the question or could not be asked.</exception>
    public async Task<(List<Claim>[] Claims, float? Threshold)> AskAsync(
        IReadOnlyList<(float[] First, float[]? Next)> looks, CancellationToken cancellationToken)
    {
        float? largest = null;
        List<Claim>[] claims = [.. looks.Select(_ => new List<Claim>())];
        if (settings.Choice == GalleryChoice.Nearest)
        {
            IdentifyAnswer[] answers =
                await Task.WhenAll(settings.Galleries.Select(gallery => AskAsync(gallery, looks, cancellationToken)));
            for (int index = 0; index < answers.Length; index++)
            {
                Add(settings.Galleries[index], answers[index], [.. Enumerable.Range(0, looks.Count)]);
            }

            return (claims, largest);
        }

        int[] open = [.. Enumerable.Range(0, looks.Count)];
        foreach (string gallery in settings.Galleries)
        {
            if (open.Length == 0)
            {
                break;
            }

            Add(gallery, await AskAsync(gallery, Array.ConvertAll(open, face => looks[face]), cancellationToken), open);
            open = [.. open.Where(face => !claims[face].Exists(claim => claim.Distance <= claim.Threshold))];
        }

        return (claims, largest);

        void Add(string gallery, IdentifyAnswer answer, int[] faces)
        {
            float threshold = answer.Threshold.IsNone ? float.NegativeInfinity : answer.Threshold.Distance;
            largest = float.IsFinite(threshold) ? Math.Max(threshold, largest ?? 0) : largest;
            for (int index = 0; index < faces.Length; index++)
            {
                claims[faces[index]].AddRange(answer.Answers[index].Candidates.Select(candidate => new Claim(
                    new Identity(IdentityKind.Person, gallery, candidate.Person), candidate.Distance, threshold)));
            }
        }
    }

    private async Task<IdentifyAnswer> AskAsync(
        string gallery, IReadOnlyList<(float[] First, float[]? Next)> looks, CancellationToken cancellationToken)
    {
        // A gallery that has migrated to the second model is asked with vectors of that model.
        bool isMigrated = nextContract is not null
            && (await maps.GetAsync(gallery, fresh: false, cancellationToken)).Contract?.Id == nextContract;
        Probe[] probes = [.. looks.Select(look => isMigrated
            ? new Probe(Vectors.ToBytes(look.Next!), nextContract)
            : new Probe(Vectors.ToBytes(look.First), contract))];
        var request = new IdentifyRequest(gallery, probes, CandidatesMax, settings.Threshold, AllowPartial: false);
        return await IIdentifyGrain.Any(grains).IdentifyAsync(request, cancellationToken);
    }
}
