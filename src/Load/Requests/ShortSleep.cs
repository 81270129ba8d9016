using System.Runtime.InteropServices;

namespace FaceGrid.Load.Requests;

/// <summary>Sleeps for less than a millisecond, which is the unit of .NET's own waits. It does not use a processor meanwhile.</summary>
internal static partial class ShortSleep
{
    private const long NanosecondsPerTick = 100;

    /// <summary>Sleeps. It may return early, or late by the delay of the system's timer (about 0.1 ms on Linux).</summary>
    /// <param name="duration">How long, 0 to 1 s.</param>
    public static void For(TimeSpan duration)
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            // This is nanosleep(2). A signal ends it early. This does no harm, because the caller looks at the clock anyway.
            Duration asked = new(0, (nint)Math.Clamp(duration.Ticks * NanosecondsPerTick, 0, 999_999_999));
            _ = Sleep(in asked, 0);
            return;
        }

        Thread.Sleep(TimeSpan.FromMilliseconds(Math.Max(1, Math.Floor(duration.TotalMilliseconds))));
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int Sleep(in Duration asked, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Duration(nint Seconds, nint Nanoseconds);
}
