using FaceGrid.Cli.Evaluation.Faces;

namespace FaceGrid.Cli.Evaluation.Promise;

/// <summary>
/// Makes up people: the vector of a person, mixed with those of three of the eighth of all people who are nearest to them, by random positive weights, about the mean of all.
/// Vectors drawn from one normal distribution with the covariance of real ones are too far from everybody (at FMR 1e-4 five times too few are near); mixtures of people who are
/// alike keep the crowds that real faces form.
/// </summary>
internal sealed class Distractors
{
    private const int Mixed = 4;
    private const int Neighbourhood = 8;
    private readonly float[][] people;
    private readonly float[] mean;
    private readonly int[][] neighbours;

    /// <summary>Looks at real people.</summary>
    /// <param name="set">Vectors.</param>
    /// <param name="pictures">One picture of each person.</param>
    public Distractors(FaceSet set, int[] pictures)
    {
        people = [.. pictures.Select(picture => set.Vectors[picture]!)];
        mean = new float[people[0].Length];
        foreach (float[] person in people)
        {
            for (int i = 0; i < mean.Length; i++)
            {
                mean[i] += person[i] / people.Length;
            }
        }

        neighbours = [.. people.Select((person, index) => people
            .Select((other, number) => (Number: number, Squared: Search.Distance.Squared(person, other)))
            .Where(other => other.Number != index).OrderBy(other => other.Squared).Take(Math.Max(Mixed, people.Length / Neighbourhood)).Select(other => other.Number).ToArray())];
    }

    /// <summary>Makes one up.</summary>
    /// <param name="random">Chooses.</param>
    /// <param name="vector">Receives a unit vector.</param>
    public void Next(Random random, Span<float> vector)
    {
        int first = random.Next(people.Length);
        mean.CopyTo(vector);
        Span<float> weights = stackalloc float[Mixed];
        float squares = 0;
        for (int i = 0; i < Mixed; i++)
        {
            weights[i] = Math.Abs(Normal(random));
            squares += weights[i] * weights[i];
        }

        for (int i = 0; i < Mixed; i++)
        {
            float[] person = i == 0 ? people[first] : people[neighbours[first][random.Next(neighbours[first].Length)]];
            float weight = weights[i] / MathF.Sqrt(squares);
            for (int d = 0; d < vector.Length; d++)
            {
                vector[d] += weight * (person[d] - mean[d]);
            }
        }

        float norm = MathF.Sqrt(System.Numerics.Tensors.TensorPrimitives.Dot<float>(vector, vector));
        for (int d = 0; d < vector.Length; d++)
        {
            vector[d] /= norm;
        }
    }

    // Box and Muller.
    private static float Normal(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
