using System.IO.Compression;
using System.Security.Cryptography;
using FaceGrid.Client;

namespace FaceGrid.Load.Requests;

/// <summary>Reads the pictures of a load: the first of each sub-folder, from a folder or from a zip file of the same layout.</summary>
internal static class LoadPictures
{
    private const string FileCode = "file";

    /// <summary>Reads.</summary>
    /// <param name="path">
    /// A folder with one sub-folder per person, as <c>facegrid enrol</c> takes it, or a zip file of such a folder.
    /// </param>
    /// <param name="max">Largest number of people, in ordinal order.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>Pictures by the digest of their bytes, so that no picture is there twice.</returns>
    /// <exception cref="LoadException">There are no pictures.</exception>
    public static async Task<List<LoadPicture>> ReadAsync(string path, int max, CancellationToken cancellationToken)
    {
        List<Picture> pictures = File.Exists(path)
            ? ReadZip(path, max, cancellationToken)
            : await ReadFolderAsync(path, max, cancellationToken);
        return pictures.Count > 0
            ? [.. pictures.Select(picture => new LoadPicture(DigestOf(picture), picture)).DistinctBy(picture => picture.Digest)]
            : throw new LoadException($"'{path}' holds no pictures in sub-folders.", FileCode);
    }

    private static string DigestOf(Picture picture) => Convert.ToHexStringLower(SHA256.HashData(picture.Bytes))[..16];

    private static async Task<List<Picture>> ReadFolderAsync(string path, int max, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(path))
        {
            throw new LoadException($"There is no folder '{path}'.", FileCode);
        }

        string[] folders = [.. Directory.GetDirectories(path).Where(folder => !Path.GetFileName(folder).StartsWith('.'))];
        if (folders.Length == 0)
        {
            throw LoadException.Usage($"'{path}' has no sub-folders. One sub-folder per person is expected.");
        }

        IEnumerable<string> firsts = folders
            .Order(StringComparer.Ordinal)
            .Select(folder => Directory.GetFiles(folder).Where(Picture.IsPictureName).Min(StringComparer.Ordinal))
            .OfType<string>()
            .Take(max);
        List<Picture> pictures = [];
        foreach (string file in firsts)
        {
            pictures.Add(await Picture.ReadAsync(file, cancellationToken));
        }

        return pictures;
    }

    private static List<Picture> ReadZip(string path, int max, CancellationToken cancellationToken)
    {
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(path);
            List<Picture> pictures = [];
            IEnumerable<ZipArchiveEntry> firsts = archive.Entries
                .Where(entry => Picture.IsPictureName(entry.FullName) && FolderOf(entry).Length > 0)
                .GroupBy(FolderOf)
                .OrderBy(folder => folder.Key, StringComparer.Ordinal)
                .Take(max)
                .Select(folder => folder.MinBy(entry => entry.FullName, StringComparer.Ordinal)!);
            foreach (ZipArchiveEntry entry in firsts)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using MemoryStream bytes = new();
                using (Stream stream = entry.Open())
                {
                    stream.CopyTo(bytes);
                }

                pictures.Add(new Picture(bytes.ToArray(), Picture.ContentTypeOf(entry.Name)));
            }

            return pictures;
        }
        catch (InvalidDataException e)
        {
            throw new LoadException($"'{path}' is not a zip file that can be read: {e.Message}", FileCode);
        }
    }

    private static string FolderOf(ZipArchiveEntry entry) => entry.FullName[..Math.Max(0, entry.FullName.LastIndexOf('/'))];
}

/// <summary>A picture of the load.</summary>
/// <param name="Digest">
/// 16 hex digits of the SHA-256 of its bytes. They are part of the id of everybody who is enrolled with this picture.
/// </param>
/// <param name="Picture">The picture.</param>
internal sealed record LoadPicture(string Digest, Picture Picture);
