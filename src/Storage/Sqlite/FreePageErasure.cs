using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace FaceGrid.Storage.Sqlite;

/// <summary>
/// Overwrites the unused middle of the database's pages. SQLite's secure_delete zeroes the cells and the pages that it frees. But when it
/// splits or merges pages, it leaves copies of cells between the cell pointers and the cell content. A row that moved to another page and
/// is deleted there later stays readable in the old one. Measured: 25 of 9 600 deleted rows were still in the file after secure_delete
/// and a truncating checkpoint. Page layout: https://sqlite.org/fileformat2.html#b_tree_pages.
/// </summary>
/// <remarks>
/// Only a page that was written can have such a copy. So a pass looks at the pages that <see cref="WriteLog"/> has reported since their
/// last check. The pages that earlier processes wrote are not known; hence each process also sweeps the whole file once. Use it on the
/// writer's thread only. While a part is wiped, the log must be empty and the file must not change (<see cref="WriteLog.TryEmpty"/>).
/// Readers may go on, because they never look at these bytes. A connection that writes must be opened again afterwards, because its
/// cached pages still hold the old bytes. The handle stays open as long as any connection does, because closing one handle of a file
/// drops the POSIX locks that this process holds on it (https://sqlite.org/howtocorrupt.html, section 2.2).
/// </remarks>
internal sealed class FreePageErasure : IDisposable
{
    /// <summary>Pages per part: 16 MiB. Writers wait some 5 ms meanwhile.</summary>
    private const int PartPages = 512;

    private readonly SafeFileHandle _file;

    /// <summary>
    /// Pages that were written since their last check. Even all pages of the file take only some 20 bytes for each 32 KiB.
    /// </summary>
    private readonly HashSet<uint> _written = [];

    /// <summary>Pages that the running pass has still to check.</summary>
    private Queue<uint> _pass = [];

    /// <summary>
    /// The next page of the sweep; null when it has reached the end. Pages that are added to the file later are known from the log.
    /// </summary>
    private uint? _sweepNext = 1;

    private bool _flushDue;

    public FreePageErasure(string path) =>
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Pages checked since the file was opened.</summary>
    public long PagesRead { get; private set; }

    /// <summary>Marks a page as written. Pages count from 1.</summary>
    public void Add(uint number)
    {
        if (number > 0)
        {
            _written.Add(number);
        }
    }

    /// <summary>Marks all pages, for when it is not known which were written.</summary>
    public void AddAll() => _sweepNext = 1;

    /// <summary>Begins a pass over the marked pages. Pages that an earlier, failed pass left are part of it.</summary>
    public void BeginPass()
    {
        _written.UnionWith(_pass);
        _pass = new Queue<uint>(_written.Order()); // In the order of the file, so that the operating system reads ahead.
        _written.Clear();
    }

    /// <summary>
    /// Wipes one part of the pages that the pass and the sweep have left. The wiped bytes are on the disk when it returns.
    /// </summary>
    public (bool More, bool Changed) WipePart()
    {
        byte[] page = ArrayPool<byte>.Shared.Rent(Schema.PageBytes);
        try
        {
            bool more = true;
            for (int count = 0; more && count < PartPages; count++)
            {
                more = WipeNext(page.AsSpan(0, Schema.PageBytes));
            }

            bool changed = _flushDue;
            if (_flushDue)
            {
                RandomAccess.FlushToDisk(_file);
                _flushDue = false;
            }

            return (more, changed);
        }
        finally
        {
            page.AsSpan(0, Schema.PageBytes).Clear();
            ArrayPool<byte>.Shared.Return(page);
        }
    }

    /// <summary>
    /// Wipes one page and removes it from the list only then, so that after a failure the next pass finds it. False when there is none.
    /// </summary>
    private bool WipeNext(Span<byte> page)
    {
        if (_pass.TryPeek(out uint number))
        {
            WipePage(page, number);
            _pass.Dequeue();
            return true;
        }

        if (_sweepNext is { } next)
        {
            _sweepNext = WipePage(page, next) ? next + 1 : null;
        }

        return _sweepNext is not null;
    }

    /// <summary>False when the file ends before the page.</summary>
    private bool WipePage(Span<byte> page, uint number)
    {
        long offset = (number - 1L) * Schema.PageBytes;
        if (RandomAccess.Read(_file, page, offset) < page.Length)
        {
            return false;
        }

        PagesRead++;
        (int start, int length) = Gap(page, number == 1 ? 100 : 0);
        Span<byte> gap = page.Slice(start, length);
        if (gap.ContainsAnyExcept((byte)0))
        {
            gap.Clear();
            RandomAccess.Write(_file, gap, offset + start);
            _flushDue = true;
        }

        return true;
    }

    /// <summary>
    /// The bytes between the last cell pointer and the first cell. Types 2, 5, 10 and 13 are b-tree pages. Overflow and free-list pages
    /// begin with a page number below 2^24 and so with a zero byte. There are no pointer-map pages, because auto_vacuum is off. A page with
    /// implausible numbers is left alone.
    /// </summary>
    private static (int Start, int Length) Gap(ReadOnlySpan<byte> page, int header)
    {
        int headerBytes = page[header] switch { 10 or 13 => 8, 2 or 5 => 12, _ => 0 };
        if (headerBytes == 0)
        {
            return (0, 0);
        }

        int start = header + headerBytes + (2 * BinaryPrimitives.ReadUInt16BigEndian(page[(header + 3)..]));
        int end = BinaryPrimitives.ReadUInt16BigEndian(page[(header + 5)..]);
        return end > start && end <= page.Length ? (start, end - start) : (0, 0);
    }

    public void Dispose() => _file.Dispose();
}
