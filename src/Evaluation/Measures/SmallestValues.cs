namespace FaceGrid.Evaluation.Measures;

/// <summary>Keeps the smallest of very many numbers, exactly, in memory for a few times as many as are kept. One thread at a time.</summary>
/// <param name="count">How many are kept.</param>
internal sealed class SmallestValues(int count)
{
    private readonly float[] values = new float[Math.Max(4 * count, 1024)];
    private float bound = float.PositiveInfinity;
    private int length;

    /// <summary>Offers a number.</summary>
    /// <param name="value">Not NaN.</param>
    public void Add(float value)
    {
        if (value >= bound)
        {
            return;
        }

        values[length++] = value;
        if (length == values.Length)
        {
            Shrink();
        }
    }

    /// <summary>Offers what another one kept.</summary>
    /// <param name="other">The other one.</param>
    public void Add(SmallestValues other)
    {
        for (int i = 0; i < other.length; i++)
        {
            Add(other.values[i]);
        }
    }

    /// <summary>What was kept.</summary>
    /// <returns>The smallest numbers, ascending; fewer than asked for only when fewer were offered.</returns>
    public float[] ToAscending()
    {
        Shrink();
        return values[..length];
    }

    private void Shrink()
    {
        values.AsSpan(0, length).Sort();
        length = Math.Min(length, count);
        if (length == count && count > 0)
        {
            // Equal numbers beyond the last one kept change nothing.
            bound = values[count - 1];
        }
    }
}
