using System.IO.Compression;
using System.Runtime.InteropServices;
using FaceGrid.Tests.Support;

namespace FaceGrid.Tests.Vision;

/// <summary>Reads LFW pictures out of their archives, and the golden embeddings that belong to them.</summary>
internal sealed class LfwPictures : IDisposable
{
    private readonly string _directory = Path.Combine(TestData.Pictures, "lfw");
    private readonly ZipArchive[] _archives;

    public LfwPictures()
    {
        if (!Directory.Exists(_directory))
        {
            TestData.Skip("the test pictures have no folder lfw");
        }

        _archives = [.. Directory.GetFiles(_directory, "*.zip").Select(ZipFile.OpenRead)];
        Names = File.ReadAllLines(Path.Combine(_directory, "files.txt"));
    }

    public string[] Names { get; }

    public byte[] Read(string name)
    {
        var entry = _archives.Select(archive => archive.GetEntry(name)).First(found => found is not null)!;
        byte[] bytes = new byte[entry.Length];
        using var stream = entry.Open();
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Unit vectors in the order of <see cref="Names"/>.</summary>
    public (int Dimension, float[] Vectors) Golden()
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(_directory, "golden_foamliu_128.f32.bin"));
        int[] header = MemoryMarshal.Cast<byte, int>(bytes.AsSpan(0, 8)).ToArray();
        return (header[1], MemoryMarshal.Cast<byte, float>(bytes.AsSpan(8)).ToArray());
    }

    public void Dispose()
    {
        foreach (var archive in _archives)
        {
            archive.Dispose();
        }
    }
}
