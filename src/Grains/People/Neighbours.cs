using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.People;

/// <summary>Which other people of the gallery are near to some faces.</summary>
/// <param name="People">Other people for each face, nearest first.</param>
/// <param name="Complete">True when everybody was compared and a threshold is known.</param>
/// <param name="Threshold">Distance of identify in force; -1 when not known.</param>
internal sealed record Neighbours(LookAlike[][] People, bool Complete, float Threshold)
{
    // More than one, because the nearest of them may have given way by the time we ask.
    private const int RivalsMax = 8;

    /// <summary>True when identify would take the face for this person.</summary>
    /// <param name="other">One of <see cref="People"/>.</param>
    public bool Identifies(LookAlike other) => other.Distance <= Threshold;

    /// <summary>Searches the gallery. When it does not answer, nobody was compared.</summary>
    /// <param name="grains">Finds the search.</param>
    /// <param name="key">The person whose faces they are; not a neighbour of their own.</param>
    /// <param name="different">People declared different from this one; they do not count either.</param>
    /// <param name="faces">The faces.</param>
    /// <param name="contract">The contract of their vectors.</param>
    /// <param name="cancellationToken">A cancelled search changes nothing.</param>
    public static async Task<Neighbours> FindAsync(
        IGrainFactory grains,
        PersonKey key,
        List<string> different,
        List<FaceState> faces,
        string? contract,
        CancellationToken cancellationToken)
    {
        Probe[] probes = [.. faces.Select(face => new Probe(face.Vector, contract))];
        var request = new IdentifyRequest(key.Gallery, probes, RivalsMax + 1 + different.Count, Threshold: null, AllowPartial: true);
        try
        {
            IdentifyAnswer answer = await IIdentifyGrain.Any(grains).IdentifyAsync(request, cancellationToken);
            LookAlike[][] people = [.. answer.Answers.Select(one => one.Candidates
                .Where(other => other.Person != key.Person && !different.Contains(other.Person))
                .Select(other => new LookAlike(other.Person, other.FaceId, other.Distance))
                .ToArray())];
            bool known = !answer.Threshold.IsNone;
            return new Neighbours(people, known && answer.ShardsAnswered == answer.ShardsAsked, known ? answer.Threshold.Distance : -1);
        }
        catch (Exception failure) when (
            failure is FaceGridException { Code: ErrorCodes.ShardsMissing or ErrorCodes.ContractMismatch }
            || TransientFailures.Includes(failure, cancellationToken))
        {
            return new Neighbours([.. faces.Select(_ => Array.Empty<LookAlike>())], Complete: false, -1);
        }
    }
}
