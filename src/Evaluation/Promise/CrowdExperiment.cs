using FaceGrid.Evaluation.Faces;
using FaceGrid.Evaluation.Measures;
using FaceGrid.Models;
using FaceGrid.Search;

namespace FaceGrid.Evaluation.Promise;

/// <summary>
/// Draws galleries of people who are more alike than those of the calibration: the people nearest to a random person. Strangers are drawn
/// from the same crowd. Errors are counted twice: with the calibration alone, and with a shift. The gallery finds this shift when it
/// searches for its own people, as a grid's galleries do.
/// </summary>
/// <param name="set">Vectors.</param>
/// <param name="people">Pictures by person.</param>
/// <param name="promise">Promised share of strangers found.</param>
internal sealed class CrowdExperiment(FaceSet set, int[][] people, double promise)
{
    private const int Crowd = 600;
    private const int Enrolled = 400;
    private readonly IdentifyTally _alone = new(people.Length);
    private readonly IdentifyTally _shifted = new(people.Length);
    private readonly List<double> _shifts = [];

    /// <summary>Draws crowds and counts.</summary>
    /// <param name="model">The calibration.</param>
    /// <param name="asked">People whom the calibration has not seen.</param>
    /// <param name="crowds">How many crowds.</param>
    /// <param name="random">Chooses.</param>
    /// <param name="threads">Threads to use.</param>
    public void Add(ImpostorModel model, int[] asked, int crowds, Random random, int threads)
    {
        for (int i = 0; i < crowds && asked.Length >= Crowd; i++)
        {
            float[] centre = First(asked[random.Next(asked.Length)]);
            int[] crowd = [.. asked.OrderBy(person => Distance.Squared(centre, First(person))).Take(Crowd)];
            random.Shuffle(crowd);
            int[] gallery = crowd[..Enrolled];
            GalleryDraw draw = GalleryDraw.Ask(set, people, gallery, crowd[Enrolled..], random, threads);
            List<double> nearest =
            [
                .. gallery.Select(person => Math.Sqrt(gallery
                    .Where(other => other != person)
                    .Min(other => (double)Distance.Squared(First(person), First(other))))),
            ];
            double shift = model.ShiftOf(nearest, Enrolled - 1);
            _shifts.Add(shift);
            double rate = ImpostorModel.RateFor(promise, Enrolled);
            _alone.Add(draw, Squared(model.DistanceAt(rate)));
            _shifted.Add(draw, Squared(model.DistanceAt(rate, shift)));
        }
    }

    /// <summary>The result.</summary>
    /// <param name="seed">Seed of the confidence intervals.</param>
    /// <returns>The figures, or null when no crowd was drawn.</returns>
    public CrowdFigures? Figures(int seed) => _shifts.Count == 0 ? null : new CrowdFigures(
        promise,
        Enrolled,
        _shifts.Count,
        _shifts.Average(),
        _alone.FalsePositive(seed),
        _shifted.FalsePositive(seed),
        _alone.FalseNegative(seed),
        _shifted.FalseNegative(seed));

    private static float Squared(float distance) => distance * distance;

    private float[] First(int person) => set.Vectors[people[person][0]]!;
}
