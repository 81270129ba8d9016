using System.Numerics;

namespace FaceGrid.Load.Requests;

/// <summary>
/// Counts durations in buckets of equal relative width, as HdrHistogram does (hdrhistogram.org). There are 128 buckets for each doubling.
/// So the error of a percentile is at most 1/256, 0.4 %, and a percentile is never above the largest duration. It takes 57 KiB for a run of
/// any length. Only one thread may use it at a time.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int Bits = 7;
    private readonly long[] _counts = new long[(64 - Bits) << Bits];
    private long _max;

    /// <summary>Number of durations.</summary>
    public long Count { get; private set; }

    /// <summary>The exact largest duration; zero when there is none.</summary>
    public TimeSpan Max => TimeSpan.FromTicks(_max);

    /// <summary>Counts a duration.</summary>
    /// <param name="duration">A negative one counts as zero.</param>
    public void Add(TimeSpan duration)
    {
        long ticks = Math.Max(0, duration.Ticks);
        _counts[BucketOf(ticks)]++;
        Count++;
        _max = Math.Max(_max, ticks);
    }

    /// <summary>Adds the counts of another histogram.</summary>
    /// <param name="other">The other histogram.</param>
    public void Add(LatencyHistogram other)
    {
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            _counts[bucket] += other._counts[bucket];
        }

        Count += other.Count;
        _max = Math.Max(_max, other._max);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        (Count, _max) = (0, 0);
    }

    /// <summary>The duration that the given share of all does not exceed (nearest rank).</summary>
    /// <param name="share">0 to 1.</param>
    /// <returns>The middle of its bucket, at most <see cref="Max"/>; zero when there is none.</returns>
    public TimeSpan Percentile(double share)
    {
        long rank = Math.Clamp((long)Math.Ceiling(share * Count), 1, Math.Max(1, Count));
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            rank -= _counts[bucket];
            if (rank <= 0)
            {
                return TimeSpan.FromTicks(Math.Min(_max, MiddleOf(bucket)));
            }
        }

        return Max;
    }

    /// <summary>
    /// Up to 255 ticks, each value has its own bucket. Above that, the first 8 bits of the value and their place give the bucket.
    /// </summary>
    private static int BucketOf(long ticks)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)ticks) - Bits);
        return (shift << Bits) + (int)(ticks >> shift);
    }

    private static long MiddleOf(int bucket)
    {
        int shift = Math.Max(0, (bucket >> Bits) - 1);
        return ((long)(bucket - (shift << Bits)) << shift) + (((1L << shift) - 1) / 2);
    }
}
