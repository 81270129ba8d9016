using FaceGrid.Client;
using FaceGrid.Evaluation.Faces;

namespace FaceGrid.Evaluation.Grids;

/// <summary>What a planned enrolment is.</summary>
internal enum CleanKind
{
    /// <summary>The right picture under the right id.</summary>
    Good = 0,

    /// <summary>A picture of somebody else who is enrolled.</summary>
    Mislabelled = 1,

    /// <summary>A picture of somebody who is enrolled under another id.</summary>
    Duplicate = 2,
}

/// <summary>One enrolment of the plan.</summary>
/// <param name="Picture">Index into <see cref="LabelledPictures.Files"/>.</param>
/// <param name="Person">The id under which it is enrolled.</param>
/// <param name="Kind">What it is.</param>
internal sealed record CleanEvent(int Picture, string Person, CleanKind Kind);

/// <summary>
/// Who is enrolled in which order, with errors planted. First one picture of everybody, then all other pictures and the planted ones in
/// random order: errors arrive at a gallery that is in service. A duplicate takes half of somebody's pictures, at least one, and leaves
/// them one; a mislabelled picture is the last of somebody who has others.
/// </summary>
/// <param name="First">One picture of each person.</param>
/// <param name="Rest">The rest, planted errors among it.</param>
internal sealed record CleanPlan(CleanEvent[] First, CleanEvent[] Rest)
{
    /// <summary>Pictures per person at most: LFW has 530 of one.</summary>
    private const int PicturesMax = 10;

    /// <summary>Draws a plan.</summary>
    /// <param name="data">The pictures.</param>
    /// <param name="people">People.</param>
    /// <param name="planted">Errors of each kind.</param>
    /// <param name="seed">The same seed gives the same plan.</param>
    /// <returns>The plan; it has fewer errors when too few of the people have two pictures.</returns>
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
