using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace FaceGrid.Search;

/// <summary>
/// Native memory, in pages of 2 MiB where the system has them. A pass over gigabytes then looks up fewer addresses, and the system hands
/// out the pages faster.
/// </summary>
internal static unsafe partial class LargePages
{
    private const int PageBytes = 2 << 20;

    /// <summary>MADV_HUGEPAGE of Linux (madvise(2)).</summary>
    private const int HugePage = 14;

    /// <summary>Allocates zeroed memory, aligned to 64 bytes at least. <see cref="NativeMemory.AlignedFree"/> gives it back.</summary>
    /// <exception cref="OutOfMemoryException">There is no memory.</exception>
    public static byte* Allocate(long bytes)
    {
        bool large = bytes >= PageBytes && OperatingSystem.IsLinux();
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, large ? PageBytes : (nuint)RowLayout.LineBytes);
        Prefer(memory, bytes);
        // The system finds a page when it is first written. Virtual machines hand out less than half a gigabyte a second per thread, so
        // several threads write.
        Parallel.ForEach(
            Partitioner.Create(0, bytes, PageBytes), page => NativeMemory.Clear(memory + page.Item1, (nuint)(page.Item2 - page.Item1)));
        return memory;
    }

    /// <summary>Asks for large pages for an array of the runtime that nobody has written to yet.</summary>
    public static void Prefer(ReadOnlySpan<float> memory)
    {
        fixed (float* first = memory)
        {
            long start = ((long)first + Environment.SystemPageSize - 1) & -Environment.SystemPageSize;
            Prefer((byte*)start, (long)(first + memory.Length) - start);
        }
    }

    private static void Prefer(byte* memory, long bytes)
    {
        if (bytes >= PageBytes && OperatingSystem.IsLinux())
        {
            _ = Advise(memory, (nuint)bytes, HugePage); // Only advice: where the system refuses it, everything works as before.
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
