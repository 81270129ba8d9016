using System.Buffers.Binary;
using System.Text;

namespace FaceGrid.Tests.Support;

/// <summary>
/// Reads what a shared library needs from its file: 64-bit, little-endian ELF. Source: System V ABI, chapters "Object Files" and "Dynamic
/// Linking".
/// </summary>
public static class ElfFile
{
    private const int ProgramHeaderLoad = 1, ProgramHeaderDynamic = 2;
    private const long TagNull = 0, TagNeeded = 1, TagStringTable = 5;

    /// <summary>The NEEDED entries.</summary>
    /// <param name="path">The library.</param>
    /// <returns>File names in the order of the file.</returns>
    /// <exception cref="InvalidDataException">It is no such file, or has no dynamic section.</exception>
    public static IReadOnlyList<string> Needed(string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] header = Read(file, 0, 64);
        if (!header.AsSpan(0, 6).SequenceEqual((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            throw new InvalidDataException($"{path} is no 64-bit little-endian ELF file.");
        }

        Segment[] segments = Segments(file, header);
        Segment dynamic = segments.FirstOrDefault(segment => segment.Type == ProgramHeaderDynamic);
        if (dynamic.Size == 0)
        {
            throw new InvalidDataException($"{path} has no dynamic section.");
        }

        (long Tag, long Value)[] entries = [.. Entries(Read(file, dynamic.Offset, (int)dynamic.Size))];
        long strings = InFile(segments, entries.First(entry => entry.Tag == TagStringTable).Value);
        return [.. entries.Where(entry => entry.Tag == TagNeeded).Select(entry => Name(file, strings + entry.Value))];
    }

    private static Segment[] Segments(FileStream file, byte[] header)
    {
        long offset = Long(header, 32);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(54));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(56));
        byte[] table = Read(file, offset, size * count);
        return [.. Enumerable.Range(0, count).Select(index => table.AsSpan(index * size, size).ToArray())
            .Select(entry => new Segment(BinaryPrimitives.ReadInt32LittleEndian(entry), Long(entry, 8), Long(entry, 16), Long(entry, 32)))];
    }

    private static IEnumerable<(long Tag, long Value)> Entries(byte[] section)
    {
        for (int at = 0; at + 16 <= section.Length && Long(section, at) != TagNull; at += 16)
        {
            yield return (Long(section, at), Long(section, at + 8));
        }
    }

    /// <summary>The dynamic section gives addresses in memory; the loaded segment around one says where that is in the file.</summary>
    private static long InFile(Segment[] segments, long address)
    {
        Segment around = segments.First(segment =>
            segment.Type == ProgramHeaderLoad && address >= segment.Address && address < segment.Address + segment.Size);
        return address - around.Address + around.Offset;
    }

    private static string Name(FileStream file, long offset)
    {
        file.Position = offset;
        var name = new StringBuilder();
        for (int next = file.ReadByte(); next > 0; next = file.ReadByte())
        {
            name.Append((char)next);
        }

        return name.ToString();
    }

    private static byte[] Read(FileStream file, long offset, int count)
    {
        byte[] bytes = new byte[count];
        file.Position = offset;
        file.ReadExactly(bytes);
        return bytes;
    }

    private static long Long(byte[] bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));

    private readonly record struct Segment(int Type, long Offset, long Address, long Size);
}
