using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FaceGrid.Evaluation.Faces;

namespace FaceGrid.Evaluation.Accuracy;

/// <summary>
/// Says which people of LFW the built-in models were trained on. It needs only their names. The rule is the same as that of
/// <c>split_people</c> in tools/train/facetrain/lfw.py. Everybody in View 2's folds 6 to 10 is kept for the final figures. Of all other
/// people, a hash of the name sets some aside for choices and some for thresholds.
/// </summary>
internal static class HeldOutPeople
{
    /// <summary>First of View 2's folds (counted from 0) whose people no training step, choice or threshold has seen.</summary>
    public const int FirstTestFold = 5;

    // People with several pictures are rarer and more useful for pairs. So a larger share of them is set aside.
    private const double ShareOfPeopleWithMany = 0.08;
    private const double ShareOfPeopleWithOne = 0.03;

    /// <summary>Sorts the pictures of the data set.</summary>
    /// <param name="people">Who each picture shows.</param>
    /// <param name="pairs">View 2.</param>
    /// <returns>The group of each picture's person.</returns>
    public static PeopleGroup[] Groups(IReadOnlyList<string> people, IReadOnlyList<LabelledPair> pairs)
    {
        HashSet<string> test =
        [
            .. pairs.Where(pair => pair.Fold >= FirstTestFold).SelectMany(pair => new[] { people[pair.A], people[pair.B] }),
        ];
        Dictionary<string, int> pictures = people.CountBy(person => person).ToDictionary();
        return
        [
            .. people.Select(
                person => test.Contains(person)
                    ? PeopleGroup.Test
                    : Aside(person, pictures[person] > 1 ? ShareOfPeopleWithMany : ShareOfPeopleWithOne)),
        ];
    }

    private static PeopleGroup Aside(string person, double share)
    {
        double place = BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(person))) / Math.Pow(2, 64);
        return place < share ? PeopleGroup.Selection : place < 2 * share ? PeopleGroup.Calibration : PeopleGroup.Training;
    }
}
