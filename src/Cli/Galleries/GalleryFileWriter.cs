using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using FaceGrid.Client;

namespace FaceGrid.Cli.Galleries;

/// <summary>
/// Writes a gallery file (docs/gallery-file.md) line by line. The file has its name only once it is complete: until then it is
/// <c>name.part</c>, which is removed when the writer is disposed early.
/// </summary>
internal sealed class GalleryFileWriter : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly string _path;
    private readonly FileStream _file;
    private readonly GZipStream _zip;
    private long _people;
    private long _faces;
    private bool _completed;

    /// <summary>Starts a file.</summary>
    /// <param name="path">Its final name.</param>
    /// <param name="header">Its first line.</param>
    public GalleryFileWriter(string path, GalleryFileHeader header)
    {
        _path = path;
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            // Templates are biometric data: only the owner may read them.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        _file = new FileStream(Part, options);
        _zip = new GZipStream(_file, CompressionLevel.Fastest);
        WriteLine(header);
    }

    private string Part => _path + ".part";

    /// <summary>Adds a person.</summary>
    /// <param name="person">The person with vectors.</param>
    public void Add(GalleryPerson person)
    {
        WriteLine(person);
        _people++;
        _faces += person.Faces.Count;
    }

    /// <summary>Writes the footer, makes the file durable and gives it its name.</summary>
    /// <returns>The footer.</returns>
    public GalleryFileFooter Complete()
    {
        GalleryFileFooter footer = new(End: true, _people, _faces, Convert.ToHexStringLower(_hash.GetHashAndReset()));
        WriteLine(footer);
        _zip.Flush();
        _zip.Dispose();
        using (FileStream whole = new(Part, FileMode.Open, FileAccess.Write))
        {
            whole.Flush(flushToDisk: true);
        }

        File.Move(Part, _path, overwrite: true);
        _completed = true;
        return footer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _zip.Dispose(); // This writes the buffered bytes. On a full disk it fails as well.
        }
        finally
        {
            _file.Dispose();
            _hash.Dispose();
            if (!_completed)
            {
                File.Delete(Part);
            }
        }
    }

    private void WriteLine<T>(T value)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(value, ClusterJson.Options), (byte)'\n'];
        _hash.AppendData(line);
        _zip.Write(line);
    }
}
