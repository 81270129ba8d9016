using System.Numerics.Tensors;
using FaceGrid.Search;

namespace FaceGrid.Evaluation.Promise;

/// <summary>
/// Makes up people. Their directions are drawn from a normal distribution with the mean and the covariance of real people. The longer axes
/// of this distribution are stretched until other real people are as often near to made-up people as to each other, at one pair in 10,000.
/// Without stretching, near pairs are three to five times too rare, because real people form crowds. Mixtures of real people would be near
/// enough, but they crowd around the people they are mixed of. So a hundred thousand mixtures are like far fewer people, and each mixture
/// is the double of somebody enrolled. Drawn people are independent of each other.
/// </summary>
internal sealed class Distractors
{
    private const double MatchedRate = 1e-4;
    private const int Trials = 3000;
    private const int Halvings = 12;

    // Some models leave axes without variance. Such axes have no root.
    private const double Ridge = 1e-4;
    private readonly int _dimension;
    private readonly float[] _mean;
    private readonly float[] _rows;

    /// <summary>Learns from real people.</summary>
    /// <param name="people">A vector of each person. These vectors give mean and covariance.</param>
    /// <param name="others">Vectors of other people. They tell how far to stretch.</param>
    /// <param name="random">For the trials.</param>
    /// <param name="threads">Threads to use.</param>
    public Distractors(float[][] people, float[][] others, Random random, int threads)
    {
        _dimension = people[0].Length;
        _mean = [.. Enumerable.Range(0, _dimension).Select(i => people.Average(person => person[i]))];
        double[,] covariance = CovarianceOf(people);
        double variance = Enumerable.Range(0, _dimension).Sum(i => covariance[i, i]) / _dimension;
        for (int i = 0; i < _dimension; i++)
        {
            covariance[i, i] += Ridge * variance;
        }

        double[,] root = RootOf(covariance);
        double[,] along = Product(covariance, root);
        float[][] draws = [.. Enumerable.Range(0, Trials).Select(_ => Draw(random))];
        float limit = LimitAmong(others, threads);
        (double low, double high) = (0, 8);
        _rows = new float[_dimension * _dimension];
        for (int i = 0; i < Halvings; i++)
        {
            Stretch = (low + high) / 2;
            Fill(root, along, Stretch / variance);
            (low, high) = ShareWithin(others, [.. draws.Select(Place)], limit, threads) < MatchedRate ? (Stretch, high) : (low, Stretch);
        }
    }

    /// <summary>How far the axes are stretched. An axis with the mean variance is stretched by 1 + this value.</summary>
    public double Stretch { get; private set; }

    /// <summary>Makes up one person.</summary>
    /// <param name="random">Chooses.</param>
    /// <returns>A unit vector.</returns>
    public float[] Next(Random random) => Place(Draw(random));

    private float[] Place(float[] draw)
    {
        float[] vector = new float[_dimension];
        for (int i = 0; i < _dimension; i++)
        {
            vector[i] = _mean[i] + TensorPrimitives.Dot(_rows.AsSpan(i * _dimension, _dimension), draw);
        }

        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        return vector;
    }

    // The method of Box and Muller.
    private float[] Draw(Random random) => [.. Enumerable.Range(0, _dimension)
        .Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];

    private void Fill(double[,] root, double[,] along, double stretch)
    {
        for (int i = 0; i < _dimension; i++)
        {
            for (int j = 0; j < _dimension; j++)
            {
                _rows[(i * _dimension) + j] = (float)(root[i, j] + (stretch * along[i, j]));
            }
        }
    }

    private double[,] CovarianceOf(float[][] people)
    {
        double[,] covariance = new double[_dimension, _dimension];
        foreach (float[] person in people)
        {
            for (int i = 0; i < _dimension; i++)
            {
                double deviation = (person[i] - _mean[i]) / people.Length;
                for (int j = 0; j < _dimension; j++)
                {
                    covariance[i, j] += deviation * (person[j] - _mean[j]);
                }
            }
        }

        return covariance;
    }

    /// <summary>The lower triangular matrix whose product with its own transpose is the given matrix (Cholesky).</summary>
    private double[,] RootOf(double[,] matrix)
    {
        double[,] root = new double[_dimension, _dimension];
        for (int i = 0; i < _dimension; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double rest = matrix[i, j];
                for (int k = 0; k < j; k++)
                {
                    rest -= root[i, k] * root[j, k];
                }

                root[i, j] = i == j ? Math.Sqrt(rest) : rest / root[j, j];
            }
        }

        return root;
    }

    private double[,] Product(double[,] a, double[,] b)
    {
        double[,] product = new double[_dimension, _dimension];
        for (int i = 0; i < _dimension; i++)
        {
            for (int k = 0; k < _dimension; k++)
            {
                for (int j = 0; j < _dimension; j++)
                {
                    product[i, j] += a[i, k] * b[k, j];
                }
            }
        }

        return product;
    }

    private static float LimitAmong(float[][] people, int threads)
    {
        List<float>[] distances = new List<float>[people.Length];
        Parallel.For(0, people.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, a =>
        {
            distances[a] = [];
            for (int b = a + 1; b < people.Length; b++)
            {
                distances[a].Add(Distance.Squared(people[a], people[b]));
            }
        });
        float[] all = [.. distances.SelectMany(row => row).Order()];
        return all[(int)(MatchedRate * all.Length)];
    }

    private static double ShareWithin(float[][] people, float[][] others, float limit, int threads)
    {
        long within = 0;
        Parallel.For(0, people.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, a =>
            Interlocked.Add(ref within, others.Count(other => Distance.Squared(people[a], other) <= limit)));
        return (double)within / people.Length / others.Length;
    }
}
