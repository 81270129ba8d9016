using System.Diagnostics;

namespace FaceGrid.Tests.Support;

/// <summary>Waits for what must become true by itself.</summary>
public static class Eventually
{
    /// <summary>Tries until an assertion holds.</summary>
    /// <param name="assertion">Throws while it does not hold.</param>
    /// <param name="seconds">How long to wait; then the last failure is thrown.</param>
    public static async Task AssertAsync(Func<Task> assertion, double seconds = 60)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await assertion();
                return;
            }
            catch (Exception) when (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
            {
                await Task.Delay(100);
            }
        }
    }
}
