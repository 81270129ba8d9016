using System.Diagnostics.Metrics;

namespace FaceGrid.Grains;

/// <summary>A counter that is exported from the first scrape on, also while it is 0. May be used from many threads at once.</summary>
internal sealed class Tally
{
    private readonly string[] _values;
    private readonly long[] _counts;

    /// <summary>A counter without tags.</summary>
    public Tally(Meter meter, string name, string unit, string description)
    {
        _values = [];
        _counts = new long[1];
        meter.CreateObservableCounter(name, () => Interlocked.Read(ref _counts[0]), unit, description);
    }

    /// <summary>A counter with one tag, all of whose values are known.</summary>
    public Tally(Meter meter, string name, string unit, string description, string tag, params string[] values)
    {
        _values = values;
        _counts = new long[values.Length];
        KeyValuePair<string, object?>[] tags = [.. values.Select(value => new KeyValuePair<string, object?>(tag, value))];
        meter.CreateObservableCounter(
            name,
            () => tags.Select((each, index) => new Measurement<long>(Interlocked.Read(ref _counts[index]), each)),
            unit,
            description);
    }

    /// <summary>Counts.</summary>
    /// <param name="count">0 or more.</param>
    public void Add(long count) => Interlocked.Add(ref _counts[0], count);

    /// <summary>Counts one for a value of the tag.</summary>
    /// <param name="value">One of the values that the counter was made with.</param>
    public void AddOne(string value) => Interlocked.Increment(ref _counts[Array.IndexOf(_values, value)]);
}
