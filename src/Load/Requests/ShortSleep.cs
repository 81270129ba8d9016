using System.Runtime.InteropServices;

namespace FaceGrid.Load.Requests;

/// <summary>Sleeps for less than the millisecond that .NET's own waits count in, without using a processor.</summary>
internal static partial class ShortSleep
{
    private const long NanosecondsPerTick = 100;

    /// <summary>Sleeps; may return early, and later by what the system's timer needs (about 0.1 ms on Linux).</summary>
    /// <param name="duration">How long, 0 to 1 s.</param>
    public static void For(TimeSpan duration)
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            // nanosleep(2); a signal ends it early, and the caller looks at the clock anyway.
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
