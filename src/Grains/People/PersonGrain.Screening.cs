using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.People;

// What new faces are held against before they are saved, where the gallery's policy asks for it: limits of quality, everybody else in the gallery, and the person's own faces.
public sealed partial class PersonGrain
{
    /// <summary>
    /// By how much somebody else must be nearer than the person's own faces before a face goes into quarantine. On LFW (foamliu, 2,000 people, five seeds) 0.1 holds 0.23 % of the good pictures, no margin
    /// 0.42 %, at the same share of mislabelled ones caught.
    /// </summary>
    private const float ConsistencyMargin = 0.1f;

    // More than one, because the nearest of them may have given way by the time we ask.
    private const int RivalsMax = 8;

    /// <summary>Rivals that asked while this person, new and durable, looks around a second time; null when the person is settled.</summary>
    private List<LookAlike>? _rivals;
    private bool _withdrawing;

    /// <inheritdoc/>
    public Task<bool> ContestAsync(LookAlike rival)
    {
        if (_rivals is null)
        {
            return Task.FromResult(!_withdrawing && row.RecordExists && row.State.Faces.Exists(face => face.IsSearched));
        }

        _rivals.Add(rival);
        return Task.FromResult(GoesBefore(_key.Person, rival.Person));
    }

    /// <summary>Checks the faces of a write against the policy and notes in them what it found.</summary>
    /// <param name="now">The person before the write.</param>
    /// <param name="added">Faces to add.</param>
    /// <param name="force">True to check nothing.</param>
    /// <param name="map">The gallery.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>True when the person is new and must look again once they can be found, before the enrolment counts.</returns>
    /// <exception cref="FaceGridException">Low quality, a duplicate, or <see cref="ErrorCodes.ShardsMissing"/> where duplicates are to be refused and nobody can tell.</exception>
    private async Task<bool> ScreenAsync(PersonState now, List<FaceState> added, bool force, GalleryMap map, CancellationToken cancellationToken)
    {
        if (force || added.Count == 0 || map.Enrolment is not { } policy)
        {
            return false;
        }

        CheckQuality(added, policy.Quality);
        FaceState[] own = [.. now.Faces.Where(face => face.IsSearched)];
        bool asksDuplicates = own.Length == 0 && policy.Duplicates is DuplicateRule.Warn or DuplicateRule.Reject;
        bool asksConsistency = policy.Consistency == ConsistencyRule.Quarantine && own.Length + added.Count > 1;
        if (!asksDuplicates && !asksConsistency)
        {
            return false;
        }

        bool refuses = asksDuplicates && policy.Duplicates == DuplicateRule.Reject;
        Neighbours found = await NeighboursAsync(added, map.Contract?.Id, cancellationToken);
        if (refuses && !found.Complete)
        {
            throw NotCompared();
        }

        if (asksDuplicates)
        {
            FindDuplicate(added, found, refuses);
        }

        if (asksConsistency)
        {
            Quarantine(own, added, found, map.Verify);
        }

        foreach (FaceState face in added.Where(face => !found.Complete && face.Review?.LookAlike is null))
        {
            face.Review = FaceReview.Nothing with { Unchecked = true };
        }

        _rivals = refuses ? [] : null;
        return refuses;
    }

    private static void CheckQuality(List<FaceState> added, QualityLimits? limits)
    {
        string[] reasons = limits is null ? [] : [.. added.Where(face => face.Quality is not null).SelectMany(face => limits.ReasonsAgainst(face.Quality!, face.Confidence)).Distinct()];
        if (reasons.Length > 0)
        {
            throw new FaceGridException(ErrorCodes.LowQuality, $"The face is not good enough for this gallery: {string.Join(", ", reasons)}. Send a better picture, or force the enrolment.") { Reasons = reasons };
        }
    }

    /// <summary>A new person is a duplicate when somebody else is near to more than half of their faces; one face of several may as well be filed under the wrong person.</summary>
    private static void FindDuplicate(List<FaceState> added, Neighbours found, bool refuses)
    {
        LookAlike?[] near = [.. found.People.Select(people => people.FirstOrDefault(other => found.Identifies(other)))];
        if (near.Count(other => other is not null) * 2 <= added.Count)
        {
            return;
        }

        if (refuses)
        {
            throw Duplicate(near.OfType<LookAlike>().MinBy(other => other.Distance)!);
        }

        for (int i = 0; i < added.Count; i++)
        {
            added[i].Review = near[i] is { } other ? FaceReview.Nothing with { LookAlike = other } : null;
        }
    }

    // The threshold of verify, not the stricter one of identify: the question is whether the face would pass as somebody else's, and the person's own faces speak as well.
    private static void Quarantine(FaceState[] own, List<FaceState> added, Neighbours found, Threshold? threshold)
    {
        for (int i = 0; i < added.Count; i++)
        {
            FaceState face = added[i];
            float distance = MathF.Sqrt(own.Concat(added).Where(other => !ReferenceEquals(other, face) && other.IsSearched).Select(other => Usefulness.SquaredDistance(face, other)).Append(float.PositiveInfinity).Min());
            if (found.People[i].FirstOrDefault() is { } other && other.Distance <= threshold?.Distance && float.IsFinite(distance) && distance > other.Distance + ConsistencyMargin)
            {
                face.Review = new FaceReview(Quarantined: true, Unchecked: false, other, distance, Replaced: null);
            }
        }
    }

    /// <summary>
    /// Looks again after the row is durable and searchable: of two people who are enrolled at the same moment at least one finds the other here. One of them gives way, and its enrolment is undone and refused.
    /// </summary>
    /// <param name="added">The faces just enrolled.</param>
    /// <param name="before">The row as it was, or null when the person is new.</param>
    /// <param name="cancellationToken">Gives up waiting for the search; what follows is finished.</param>
    private async Task SettleAsync(List<FaceState> added, PersonState? before, CancellationToken cancellationToken)
    {
        Neighbours found = await NeighboursAsync(added, row.State.Contract, cancellationToken);
        LookAlike? winner = null;
        for (int i = 0; i < added.Count && winner is null; i++)
        {
            foreach (LookAlike other in found.People[i].Where(found.Identifies))
            {
                winner ??= await StaysAsync(other, added[i].Id) ? other : null;
            }
        }

        // No call comes between this and the end of the contest.
        winner ??= _rivals!.Find(rival => GoesBefore(rival.Person, _key.Person));
        _rivals = null;
        if (winner is not null || !found.Complete)
        {
            _withdrawing = true;
            await WithdrawAsync(before);
            throw winner is not null ? Duplicate(winner) : NotCompared();
        }
    }

    private async Task<bool> StaysAsync(LookAlike other, string face)
    {
        try
        {
            return await Peer(other.Person).ContestAsync(other with { Person = _key.Person, FaceId = face });
        }
        catch (Exception failure) when (TransientFailures.Includes(failure, CancellationToken.None))
        {
            return true; // Their row was found, and may well be there tomorrow.
        }
    }

    private async Task WithdrawAsync(PersonState? before)
    {
        long revision = NextRevision();
        PersonEntry entry;
        if (before is null)
        {
            entry = new PersonEntry(_key.Person, revision, row.State.Epoch, [], [], Deleted: true);
            await ForgetAllCropsAsync();
            await GuardAsync(row.ClearStateAsync);
        }
        else
        {
            await ForgetCropsAsync(row.State.Faces.Where(face => !before.Faces.Contains(face)));
            before.Revision = revision;
            await SaveAsync(before);
            entry = Entry(before);
        }

        await MakeSearchableAsync(entry, CancellationToken.None);
        await EraseFreePagesAsync(CancellationToken.None);
    }

    private async Task<Neighbours> NeighboursAsync(List<FaceState> faces, string? contract, CancellationToken cancellationToken)
    {
        Probe[] probes = [.. faces.Select(face => new Probe(face.Vector, contract))];
        try
        {
            List<string> different = row.State.DifferentFrom ?? [];
            var request = new IdentifyRequest(_key.Gallery, probes, RivalsMax + 1 + different.Count, Threshold: null, AllowPartial: true);
            IdentifyAnswer answer = await IIdentifyGrain.Any(grains).IdentifyAsync(request, cancellationToken);
            LookAlike[][] people = [.. answer.Answers.Select(one => one.Candidates.Where(other => other.Person != _key.Person && !different.Contains(other.Person))
                .Select(other => new LookAlike(other.Person, other.FaceId, other.Distance)).ToArray())];
            bool known = !answer.Threshold.IsNone;
            return new Neighbours(people, known && answer.ShardsAnswered == answer.ShardsAsked, known ? answer.Threshold.Distance : -1);
        }
        catch (Exception failure) when (failure is FaceGridException { Code: ErrorCodes.ShardsMissing or ErrorCodes.ContractMismatch } || TransientFailures.Includes(failure, cancellationToken))
        {
            return new Neighbours([.. faces.Select(_ => Array.Empty<LookAlike>())], Complete: false, -1);
        }
    }

    private static FaceGridException NotCompared() => new(ErrorCodes.ShardsMissing, "The face could not be compared with everybody, and the gallery refuses duplicates. Try again, or force the enrolment.");

    private static bool GoesBefore(string person, string other) => string.CompareOrdinal(person, other) < 0;

    private static FaceGridException Duplicate(LookAlike other) => new(ErrorCodes.DuplicatePerson, "Somebody else in this gallery looks like this person; lookAlike says who. Enrol the face there, or force the enrolment.") { LookAlike = other };

    /// <summary>Who is near.</summary>
    /// <param name="People">Other people for each face, nearest first.</param>
    /// <param name="Complete">True when everybody was compared and a threshold is known.</param>
    /// <param name="Threshold">Distance of identify in force; -1 when not known.</param>
    private sealed record Neighbours(LookAlike[][] People, bool Complete, float Threshold)
    {
        public bool Identifies(LookAlike other) => other.Distance <= Threshold;
    }
}
