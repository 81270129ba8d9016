using FaceGrid.Client;
using FaceGrid.Evaluation.Faces;

namespace FaceGrid.Evaluation.Grids;

/// <summary>Kind of a planned enrolment.</summary>
internal enum CleanKind
{
    /// <summary>The right picture under the right id.</summary>
    Good = 0,

    /// <summary>A picture of another person who is enrolled.</summary>
    Mislabelled = 1,

    /// <summary>A picture of somebody who is enrolled under another id.</summary>
    Duplicate = 2,
}

/// <summary>One enrolment of the plan.</summary>
/// <param name="Picture">Index into <see cref="LabelledPictures.Files"/>.</param>
/// <param name="Person">The id under which it is enrolled.</param>
/// <param name="Kind">Its kind.</param>
internal sealed record CleanEvent(int Picture, string Person, CleanKind Kind);

/// <summary>
/// All enrolments in their order, with planted errors. One picture of everybody comes first. All other pictures and the planted errors
/// follow in random order, because errors arrive at a gallery that is in service. A duplicate takes half of a person's pictures: at least
/// one, and at least one is left. A mislabelled picture is the last picture of a person who has others.
/// </summary>
/// <param name="First">One picture of each person.</param>
/// <param name="Rest">All other enrolments, planted errors included.</param>
internal sealed record CleanPlan(CleanEvent[] First, CleanEvent[] Rest)
{
    /// <summary>Pictures per person at most: LFW has 530 of one.</summary>
    private const int PicturesMax = 10;

    /// <summary>Draws a plan.</summary>
    /// <param name="data">The pictures.</param>
    /// <param name="people">People.</param>
    /// <param name="planted">Errors of each kind.</param>
    /// <param name="seed">The same seed gives the same plan.</param>
    /// <returns>The plan. It has fewer errors when too few of the people have two pictures.</returns>
    public static CleanPlan Draw(LabelledPictures data, int people, int planted, int seed)
    {
        Random random = new(seed);
        int[][] chosen =
        [
            .. Enumerable.Range(0, data.Files.Length)
                .GroupBy(index => data.People[index], StringComparer.Ordinal)
                .Select(group => group.Take(PicturesMax).ToArray()),
        ];
        random.Shuffle(chosen);
        chosen = chosen[..Math.Min(people, chosen.Length)];
        List<CleanEvent> first = [];
        List<CleanEvent> rest = [];
        (int duplicates, int mislabelled) = (0, 0);
        for (int one = 0; one < chosen.Length; one++)
        {
            int[] pictures = chosen[one];
            string id = IdOf(data, pictures);
            int own = pictures.Length;
            if (pictures.Length >= 2 && duplicates < planted)
            {
                duplicates++;
                own -= pictures.Length / 2;
                rest.AddRange(pictures[own..].Select(picture => new CleanEvent(picture, id + ":again", CleanKind.Duplicate)));
            }
            else if (pictures.Length >= 2 && mislabelled < planted)
            {
                mislabelled++;
                own--;
                int other = (one + random.Next(1, chosen.Length)) % chosen.Length;
                rest.Add(new CleanEvent(pictures[own], IdOf(data, chosen[other]), CleanKind.Mislabelled));
            }

            first.Add(new CleanEvent(pictures[0], id, CleanKind.Good));
            rest.AddRange(pictures[1..own].Select(picture => new CleanEvent(picture, id, CleanKind.Good)));
        }

        CleanEvent[] shuffledFirst = [.. first];
        CleanEvent[] shuffledRest = [.. rest];
        random.Shuffle(shuffledFirst);
        random.Shuffle(shuffledRest);
        return new CleanPlan(shuffledFirst, shuffledRest);
    }

    private static string IdOf(LabelledPictures data, int[] pictures) => ClusterPaths.PersonIdOf(data.People[pictures[0]]);
}
