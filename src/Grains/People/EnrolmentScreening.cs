using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.People;

/// <summary>
/// What new faces are held against before they are saved, where the gallery's policy asks for it: limits of quality, everybody else in the
/// gallery, and the person's own faces. Only decides: the caller searches and saves.
/// </summary>
internal sealed class EnrolmentScreening
{
    /// <summary>
    /// By how much another person must be nearer than the person's own faces before a face goes into quarantine. On LFW (foamliu, 2,000
    /// people, five seeds) 0.1 holds 0.23 % of the good pictures, no margin 0.42 %, at the same share of mislabelled ones caught.
    /// </summary>
    public const float ConsistencyMargin = 0.1f;

    private readonly FaceState[] _own;
    private readonly List<FaceState> _added;
    private readonly bool _asksDuplicates, _asksConsistency;

    private EnrolmentScreening(EnrolmentPolicy policy, FaceState[] own, List<FaceState> added)
    {
        (_own, _added) = (own, added);
        _asksDuplicates = own.Length == 0 && policy.Duplicates is DuplicateRule.Warn or DuplicateRule.Reject;
        _asksConsistency = policy.Consistency == ConsistencyRule.Quarantine && own.Length + added.Count > 1;
        RefusesDuplicates = _asksDuplicates && policy.Duplicates == DuplicateRule.Reject;
    }

    /// <summary>
    /// True when a duplicate is refused. Then the person must look again once they can be found, before the enrolment counts: see
    /// <see cref="EnrolmentContest"/>.
    /// </summary>
    public bool RefusesDuplicates { get; }

    /// <summary>Checks the quality of new faces, and says whether they must be compared with other people.</summary>
    /// <param name="policy">The gallery's policy, or null for none.</param>
    /// <param name="now">The person before the write.</param>
    /// <param name="added">The new faces.</param>
    /// <returns>The screening to <see cref="Decide"/>, or null when the policy asks for no comparison.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.LowQuality"/>, with all reasons.</exception>
    public static EnrolmentScreening? Begin(EnrolmentPolicy? policy, PersonState now, List<FaceState> added)
    {
        if (added.Count == 0 || policy is null)
        {
            return null;
        }

        CheckQuality(added, policy.Quality);
        var screening = new EnrolmentScreening(policy, [.. now.Faces.Where(face => face.IsSearched)], added);
        return screening._asksDuplicates || screening._asksConsistency ? screening : null;
    }

    /// <summary>Decides, and notes in the reviews of the new faces what was found.</summary>
    /// <param name="found">Other people near to each new face.</param>
    /// <param name="verify">The threshold of verify in force, or null when none is known.</param>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.DuplicatePerson"/>, or <see cref="ErrorCodes.ShardsMissing"/> where duplicates are refused and not everybody
    /// was compared.
    /// </exception>
    public void Decide(Neighbours found, Threshold? verify)
    {
        if (RefusesDuplicates && !found.Complete)
        {
            throw NotCompared();
        }

        if (_asksDuplicates)
        {
            FindDuplicate(found);
        }

        if (_asksConsistency)
        {
            Quarantine(found, verify);
        }

        foreach (FaceState face in _added.Where(face => !found.Complete && face.Review?.LookAlike is null))
        {
            face.Review = FaceReview.Nothing with { Unchecked = true };
        }
    }

    /// <summary>The refusal of a new person who looks like another.</summary>
    /// <param name="other">That person.</param>
    public static FaceGridException Duplicate(LookAlike other) => new(
        ErrorCodes.DuplicatePerson,
        "Somebody else in this gallery looks like this person; lookAlike says who. Enrol the face there, or force the enrolment.")
    {
        LookAlike = other,
    };

    /// <summary>The refusal of a new person who could not be compared with everybody.</summary>
    public static FaceGridException NotCompared() => new(
        ErrorCodes.ShardsMissing,
        "The face could not be compared with everybody, and the gallery refuses duplicates. Try again, or force the enrolment.");

    private static void CheckQuality(List<FaceState> added, QualityLimits? limits)
    {
        string[] reasons = limits is null
            ? []
            : [.. added.Where(face => face.Quality is not null)
                .SelectMany(face => limits.ReasonsAgainst(face.Quality!, face.Confidence))
                .Distinct()];
        if (reasons.Length > 0)
        {
            string refusal = $"The face is not good enough for this gallery: {string.Join(", ", reasons)}.";
            throw new FaceGridException(
                ErrorCodes.LowQuality, $"{refusal} Send a better picture, or force the enrolment.")
            { Reasons = reasons };
        }
    }

    /// <summary>
    /// A new person is a duplicate when another person is near to more than half of their faces. One face of several may as well be filed
    /// under the wrong person.
    /// </summary>
    private void FindDuplicate(Neighbours found)
    {
        LookAlike?[] near = [.. found.People.Select(people => people.FirstOrDefault(found.Identifies))];
        if (near.Count(other => other is not null) * 2 <= _added.Count)
        {
            return;
        }

        if (RefusesDuplicates)
        {
            throw Duplicate(near.OfType<LookAlike>().MinBy(other => other.Distance)!);
        }

        for (int i = 0; i < _added.Count; i++)
        {
            _added[i].Review = near[i] is { } other ? FaceReview.Nothing with { LookAlike = other } : null;
        }
    }

    // The threshold of verify, not the stricter one of identify: the question is whether the face would pass as another person's, and the
    // person's own faces speak as well.
    private void Quarantine(Neighbours found, Threshold? verify)
    {
        for (int i = 0; i < _added.Count; i++)
        {
            FaceState face = _added[i];
            float own = Usefulness.OwnDistance(face, _own.Concat(_added));
            if (found.People[i].FirstOrDefault() is { } other
                && other.Distance <= verify?.Distance
                && float.IsFinite(own)
                && own > other.Distance + ConsistencyMargin)
            {
                face.Review = new FaceReview(Quarantined: true, Unchecked: false, other, own, Replaced: null);
            }
        }
    }
}
