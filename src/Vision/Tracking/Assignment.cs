namespace FaceGrid.Vision.Tracking;

/// <summary>Pairs rows with columns at the lowest total cost.</summary>
public static class Assignment
{
    /// <summary>
    /// Finds as many allowed pairs as possible, and among such solutions the one with the lowest total cost. It is deterministic. Method:
    /// shortest augmenting paths with potentials (H. W. Kuhn, "The Hungarian method for the assignment problem", 1955; in the form of R.
    /// Jonker and A. Volgenant, Computing 38, 1987, without their initialisation).
    /// </summary>
    /// <param name="cost">
    /// Cost of each pair, by row and column; <see cref="double.PositiveInfinity"/> for a pair that is not allowed. Other costs are finite,
    /// and their absolute value is at most 1e6.
    /// </param>
    /// <returns>The column of each row, or -1. No column occurs twice.</returns>
    /// <remarks>
    /// The time grows with rows² x columns, where rows is the smaller side of the matrix: 200 x 200 take some milliseconds.
    /// </remarks>
    public static int[] Solve(double[,] cost)
    {
        ArgumentNullException.ThrowIfNull(cost);
        int rows = cost.GetLength(0), columns = cost.GetLength(1);
        if (rows > columns)
        {
            return ColumnsOf(Solve(Transposed(cost)), rows);
        }

        // More than any set of allowed pairs can cost, so that no allowed pair is left out to lower the cost.
        double forbidden = 1 + (2 * (rows + 1) * LargestOf(cost));
        int[] rowOf = FindRows(cost, forbidden);
        int[] columnOf = new int[rows];
        Array.Fill(columnOf, -1);
        for (int column = 0; column < columns; column++)
        {
            if (rowOf[column] is >= 0 and var row && !double.IsPositiveInfinity(cost[row, column]))
            {
                columnOf[row] = column;
            }
        }

        return columnOf;
    }

    /// <summary>Adds one row after the other. Each may push other rows to other columns along the cheapest path.</summary>
    private static int[] FindRows(double[,] cost, double forbidden)
    {
        int rows = cost.GetLength(0), columns = cost.GetLength(1);
        double[] rowPotential = new double[rows], columnPotential = new double[columns], least = new double[columns];
        int[] rowOf = new int[columns], before = new int[columns];
        bool[] done = new bool[columns];
        Array.Fill(rowOf, -1);
        for (int added = 0; added < rows; added++)
        {
            Array.Fill(least, double.PositiveInfinity);
            Array.Clear(done);
            int row = added, from = -1, column;
            while (true)
            {
                column = Relax(row, from);
                if (rowOf[column] < 0)
                {
                    break;
                }

                done[column] = true;
                (row, from) = (rowOf[column], column);
            }

            for (; column >= 0; column = before[column])
            {
                rowOf[column] = before[column] < 0 ? added : rowOf[before[column]];
            }

            // Updates the distance of every column from a row that was reached, finds the nearest column that was not reached yet, and
            // moves the potentials so that the reduced cost of that column is 0.
            int Relax(int row, int from)
            {
                int nearest = -1;
                for (int candidate = 0; candidate < columns; candidate++)
                {
                    if (done[candidate])
                    {
                        continue;
                    }

                    double reduced = Math.Min(cost[row, candidate], forbidden) - rowPotential[row] - columnPotential[candidate];
                    if (reduced < least[candidate])
                    {
                        (least[candidate], before[candidate]) = (reduced, from);
                    }

                    nearest = nearest < 0 || least[candidate] < least[nearest] ? candidate : nearest;
                }

                double step = least[nearest];
                rowPotential[added] += step;
                for (int candidate = 0; candidate < columns; candidate++)
                {
                    if (done[candidate])
                    {
                        rowPotential[rowOf[candidate]] += step;
                        columnPotential[candidate] -= step;
                    }
                    else
                    {
                        least[candidate] -= step;
                    }
                }

                return nearest;
            }
        }

        return rowOf;
    }

    private static double LargestOf(double[,] cost)
    {
        double largest = 0;
        foreach (double each in cost)
        {
            largest = double.IsPositiveInfinity(each) ? largest : Math.Max(largest, Math.Abs(each));
        }

        return largest;
    }

    private static double[,] Transposed(double[,] cost)
    {
        double[,] turned = new double[cost.GetLength(1), cost.GetLength(0)];
        for (int row = 0; row < cost.GetLength(0); row++)
        {
            for (int column = 0; column < cost.GetLength(1); column++)
            {
                turned[column, row] = cost[row, column];
            }
        }

        return turned;
    }

    private static int[] ColumnsOf(int[] rowOf, int rows)
    {
        int[] columnOf = new int[rows];
        Array.Fill(columnOf, -1);
        for (int column = 0; column < rowOf.Length; column++)
        {
            if (rowOf[column] >= 0)
            {
                columnOf[rowOf[column]] = column;
            }
        }

        return columnOf;
    }
}
