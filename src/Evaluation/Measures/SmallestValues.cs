namespace FaceGrid.Evaluation.Measures;

/// <summary>
/// Keeps the smallest of very many numbers. The result is exact. It needs memory for a few times as many numbers as it keeps. Only one
/// thread may use it at a time.
/// </summary>
/// <param name="count">How many are kept.</param>
internal sealed class SmallestValues(int count)
{
    private readonly float[] _values = new float[Math.Max(4 * count, 1024)];
    private float _bound = float.PositiveInfinity;
    private int _length;

    /// <summary>Offers a number.</summary>
    /// <param name="value">Not NaN.</param>
    public void Add(float value)
    {
        if (value >= _bound)
        {
            return;
        }

        _values[_length++] = value;
        if (_length == _values.Length)
        {
            Shrink();
        }
    }

    /// <summary>Offers the numbers that another instance kept.</summary>
    /// <param name="other">The other instance.</param>
    public void Add(SmallestValues other)
    {
        for (int i = 0; i < other._length; i++)
        {
            Add(other._values[i]);
        }
    }

    /// <summary>The numbers that were kept.</summary>
    /// <returns>The smallest numbers, ascending. There are fewer than asked for only when fewer were offered.</returns>
    public float[] ToAscending()
    {
        Shrink();
        return _values[.._length];
    }

    private void Shrink()
    {
        _values.AsSpan(0, _length).Sort();
        _length = Math.Min(_length, count);
        if (_length == count && count > 0)
        {
            // Equal numbers beyond the last one kept change nothing.
            _bound = _values[count - 1];
        }
    }
}
