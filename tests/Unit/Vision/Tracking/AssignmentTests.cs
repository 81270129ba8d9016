using FaceGrid.Vision.Tracking;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Vision.Tracking;

/// <summary>Goal: no other pairing has more pairs, or as many at less cost. Method: small matrices of every shape, with holes and ties, against all pairings; and one of the largest size.</summary>
public sealed class AssignmentTests
{
    private const double Never = double.PositiveInfinity;

    [Fact]
    public void Solve_AnyMatrix_IsAsGoodAsTheBestOfAllPairings()
    {
        var random = new Random(20);
        for (int round = 0; round < 3_000; round++)
        {
            double[,] cost = Draw(random, random.Next(0, 6), random.Next(0, 6), holes: random.NextDouble());
            int[] columns = Assignment.Solve(cost);
            columns.Length.ShouldBe(cost.GetLength(0));
            columns.Where(column => column >= 0).ShouldBeUnique();
            (int Pairs, double Cost) found = Worth(cost, columns), best = BestFrom(cost, 0, 0);
            found.Pairs.ShouldBe(best.Pairs, $"round {round}");
            found.Cost.ShouldBe(best.Cost, 1e-9, $"round {round}");
        }
    }

    [Fact]
    public void Solve_NothingAllowed_PairsNobody() => Assignment.Solve(new[,] { { Never, Never }, { Never, Never } }).ShouldBe([-1, -1]);

    [Fact]
    public void Solve_CheapPairWouldLeaveOneOut_PairsBoth() => Assignment.Solve(new[,] { { 0, 1000 }, { 0, Never } }).ShouldBe([1, 0]);

    [Fact]
    public void Solve_CrowdOfTheLargestSize_FindsEveryonesOwn()
    {
        const int faces = TrackingOptions.TracksMax;
        var random = new Random(21);
        int[] own = [.. Enumerable.Range(0, faces)];
        random.Shuffle(own);
        double[,] cost = new double[faces, faces];
        for (int row = 0; row < faces; row++)
        {
            for (int column = 0; column < faces; column++)
            {
                cost[row, column] = own[row] == column ? 0.1 : 0.2 + random.NextDouble();
            }
        }

        Assignment.Solve(cost).ShouldBe(own);
    }

    // Small whole numbers make ties; negative ones are allowed too.
    private static double[,] Draw(Random random, int rows, int columns, double holes)
    {
        double[,] cost = new double[rows, columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                cost[row, column] = random.NextDouble() < holes ? Never : random.Next(-3, 8);
            }
        }

        return cost;
    }

    private static (int Pairs, double Cost) Worth(double[,] cost, int[] columns)
    {
        (int Pairs, double Cost) worth = (0, 0);
        for (int row = 0; row < columns.Length; row++)
        {
            if (columns[row] >= 0)
            {
                double.IsFinite(cost[row, columns[row]]).ShouldBeTrue();
                worth = (worth.Pairs + 1, worth.Cost + cost[row, columns[row]]);
            }
        }

        return worth;
    }

    private static (int Pairs, double Cost) BestFrom(double[,] cost, int row, int taken)
    {
        if (row == cost.GetLength(0))
        {
            return (0, 0);
        }

        (int Pairs, double Cost) best = BestFrom(cost, row + 1, taken);
        for (int column = 0; column < cost.GetLength(1); column++)
        {
            if ((taken & (1 << column)) == 0 && double.IsFinite(cost[row, column]))
            {
                (int pairs, double rest) = BestFrom(cost, row + 1, taken | (1 << column));
                (int Pairs, double Cost) with = (pairs + 1, rest + cost[row, column]);
                best = with.Pairs > best.Pairs || (with.Pairs == best.Pairs && with.Cost < best.Cost) ? with : best;
            }
        }

        return best;
    }
}
