namespace FaceGrid.Tests.Support.Storage;

/// <summary>Reads files that a database has open and may cut at any moment.</summary>
public static class SharedFile
{
    public static byte[] Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream((int)stream.Length);
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
