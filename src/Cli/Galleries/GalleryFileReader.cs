using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using FaceGrid.Cli.Shell;
using FaceGrid.Client;

namespace FaceGrid.Cli.Galleries;

/// <summary>Reads a gallery file (docs/gallery-file.md), one line in memory at a time, and trusts nothing in it.</summary>
internal static class GalleryFileReader
{
    private const string DamagedCode = "damaged-file";

    /// <summary>
    /// Reads the whole file once and checks every line, the counts and the digest. Nothing is imported from a file that fails here.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>Header and footer.</returns>
    /// <exception cref="CliException">It is another kind of file, newer than this program, cut short, or altered.</exception>
    public static async Task<(
        GalleryFileHeader Header, GalleryFileFooter Footer)> CheckAsync(string path, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        GalleryFileHeader? header = null;
        GalleryFileFooter? footer = null;
        long people = 0;
        long faces = 0;
        await foreach (byte[] line in LinesAsync(path, cancellationToken))
        {
            if (footer is not null)
            {
                throw Damaged(path, "there is more after its last line");
            }

            if (header is null)
            {
                header = ReadHeader(path, line);
            }
            else if (IsFooter(line))
            {
                footer = Parse<GalleryFileFooter>(path, line);
                continue;
            }
            else
            {
                faces += ReadPerson(path, line, header).Faces.Count;
                people++;
            }

            hash.AppendData(line);
            hash.AppendData("\n"u8);
        }

        if (header is null || footer is null)
        {
            throw Damaged(path, "its last line is missing");
        }

        if (footer.People != people || footer.Faces != faces || footer.Sha256 != Convert.ToHexStringLower(hash.GetHashAndReset()))
        {
            throw Damaged(path, "its content does not fit the counts and the SHA-256 in its last line");
        }

        return (header, footer);
    }

    /// <summary>Reads the people of a file that <see cref="CheckAsync"/> accepted.</summary>
    /// <param name="path">The file.</param>
    /// <param name="header">Its header.</param>
    /// <param name="skip">Number of people to skip.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>The people, in the file's order.</returns>
    public static async IAsyncEnumerable<GalleryPerson> PeopleAsync(
        string path,
        GalleryFileHeader header,
        long skip,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long index = -1;
        await foreach (byte[] line in LinesAsync(path, cancellationToken))
        {
            index++;
            if (index > skip && !IsFooter(line))
            {
                yield return ReadPerson(path, line, header);
            }
        }
    }

    private static GalleryFileHeader ReadHeader(string path, byte[] line)
    {
        // Kind and version are checked first, because the other members of a newer version may have another shape.
        JsonElement any = Parse<JsonElement>(path, line);
        if (any.Text("facegrid") != GalleryFileHeader.Kind || any.Number("version") is not { } version)
        {
            throw new CliException($"'{path}' is not a FaceGrid gallery file.", "not-a-gallery-file");
        }

        if (version > GalleryFileHeader.CurrentVersion)
        {
            throw new CliException(
                $"'{path}' has format version {version:0}; this program reads up to version {GalleryFileHeader.CurrentVersion}. Use a "
                    + "newer facegrid.",
                "newer-file");
        }

        return Parse<GalleryFileHeader>(path, line);
    }

    private static GalleryPerson ReadPerson(string path, byte[] line, GalleryFileHeader header)
    {
        GalleryPerson person = Parse<GalleryPerson>(path, line);
        if (person.Id is null || person.Faces is null)
        {
            throw Damaged(path, "a person has no id or no faces");
        }

        foreach (GalleryFace face in person.Faces)
        {
            if (header.Contract is null || face?.Embedding is null || VectorText.Read(face.Embedding)?.Length != header.Contract.Dimension)
            {
                throw Damaged(path, $"a vector of '{person.Id}' does not have the header's dimension");
            }
        }

        return person;
    }

    private static bool IsFooter(ReadOnlySpan<byte> line) => line.StartsWith("{\"end\":"u8);

    private static T Parse<T>(string path, byte[] line)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, ClusterJson.Options) ?? throw Damaged(path, "a line is empty");
        }
        catch (JsonException)
        {
            throw Damaged(path, "a line is not JSON");
        }
    }

    private static CliException Damaged(string path, string why) =>
        new($"'{path}' is damaged: {why}. Nothing was imported from it by this run.", DamagedCode);

    private static async IAsyncEnumerable<byte[]> LinesAsync(
        string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new CliException($"There is no file '{path}'.", "file");
        }

        await using FileStream file = File.OpenRead(path);
        await using GZipStream zip = new(file, CompressionMode.Decompress);
        System.IO.Pipelines.PipeReader reader = System.IO.Pipelines.PipeReader.Create(
            zip, new System.IO.Pipelines.StreamPipeReaderOptions(bufferSize: 1 << 16));
        while (true)
        {
            System.IO.Pipelines.ReadResult read;
            try
            {
                read = await reader.ReadAsync(cancellationToken);
            }
            catch (InvalidDataException)
            {
                throw Damaged(path, "it is not gzip, or cut short");
            }

            System.Buffers.ReadOnlySequence<byte> rest = read.Buffer;
            while (TryCutLine(ref rest, out byte[] line))
            {
                yield return line;
            }

            if (rest.Length > LineBytesMax || (read.IsCompleted && rest.Length > 0))
            {
                throw Damaged(path, "a line has no end");
            }

            reader.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted)
            {
                yield break;
            }
        }
    }

    private const int LineBytesMax = 64 << 20;

    private static bool TryCutLine(ref System.Buffers.ReadOnlySequence<byte> rest, out byte[] line)
    {
        SequencePosition? end = System.Buffers.BuffersExtensions.PositionOf(rest, (byte)'\n');
        if (end is null)
        {
            line = [];
            return false;
        }

        line = System.Buffers.BuffersExtensions.ToArray(rest.Slice(0, end.Value));
        rest = rest.Slice(rest.GetPosition(1, end.Value));
        return true;
    }
}
