using System.Runtime.InteropServices;

namespace FaceGrid.Search;

/// <summary>
/// A fixed number of rows: vectors in native memory, and beside them who owns each row and from which change to which other one it is there.
/// One writer changes rows while searches read them. A search that computes a distance on a row in the middle of a change throws the distance away,
/// because such a row is never visible to it.
/// </summary>
internal sealed unsafe class Chunk
{
    private const long Never = long.MaxValue;

    private readonly long[] born;
    private readonly long[] died;
    private readonly string?[] owners;
    private readonly int[] templates;
    private readonly int stride;
    private int taken;

    /// <summary>Allocates zeroed memory, aligned to 64 bytes: a cache line and an AVX-512 register.</summary>
    /// <exception cref="OutOfMemoryException">There is no memory.</exception>
    public Chunk(int rowCount, int stride)
    {
        born = new long[rowCount];
        died = new long[rowCount];
        owners = new string?[rowCount];
        templates = new int[rowCount];
        this.stride = stride;
        Array.Fill(born, Never);
        Bytes = (long)rowCount * stride * sizeof(float);
        Vectors = (float*)NativeMemory.AlignedAlloc((nuint)Bytes, 64);
        NativeMemory.Clear(Vectors, (nuint)Bytes);
    }

    /// <summary>The first row; rows follow each other without gaps.</summary>
    public float* Vectors { get; private set; }

    /// <summary>Bytes of native memory.</summary>
    public long Bytes { get; }

    /// <summary>Whether all rows are free. Safe for searches: a row they can see is not freed before they end.</summary>
    public bool IsEmpty => Volatile.Read(ref taken) == 0;

    /// <summary>Writes a free row that is there from change <paramref name="change"/> on.</summary>
    public void Write(int row, ReadOnlySpan<float> vector, string owner, int template, long change)
    {
        Volatile.Write(ref taken, taken + 1);
        // Order matters, see IsVisible: a free row has born = Never; it must stay so until died is reset and the rest is written.
        Volatile.Write(ref died[row], Never);
        vector.CopyTo(new Span<float>(Vectors + ((long)row * stride), stride));
        owners[row] = owner;
        templates[row] = template;
        Volatile.Write(ref born[row], change);
    }

    /// <summary>Lets a row be there only before change <paramref name="change"/>. It stays readable until <see cref="Erase"/>.</summary>
    public void End(int row, long change) => Volatile.Write(ref died[row], change);

    /// <summary>Overwrites an ended row with zeros and frees it. No search may be able to see it.</summary>
    public void Erase(int row)
    {
        Volatile.Write(ref born[row], Never);
        new Span<float>(Vectors + ((long)row * stride), stride).Clear();
        owners[row] = null;
        templates[row] = 0;
        Volatile.Write(ref taken, taken - 1);
    }

    /// <summary>
    /// Whether a row is there in the state after change <paramref name="epoch"/>. <c>died</c> must be read first: were a row freed and written anew between the two reads, then
    /// the later read of <c>born</c> sees Never or a change newer than the search.
    /// </summary>
    public bool IsVisible(int row, long epoch) => Volatile.Read(ref died[row]) > epoch && Volatile.Read(ref born[row]) <= epoch;

    /// <summary>Owner of a visible row and the position of the row among the owner's templates.</summary>
    public (string Person, int Template) Owner(int row) => (owners[row]!, templates[row]);

    /// <summary>Overwrites and gives back the native memory. No search may run.</summary>
    public void Free()
    {
        if (Vectors != null)
        {
            NativeMemory.Clear(Vectors, (nuint)Bytes);
            NativeMemory.AlignedFree(Vectors);
            Vectors = null;
        }
    }
}
