namespace FaceGrid.Client;

/// <summary>A picture file as it is sent: its bytes, untouched.</summary>
/// <param name="Bytes">The file's bytes.</param>
/// <param name="ContentType">Its media type, by its name.</param>
public sealed record Picture(byte[] Bytes, string ContentType)
{
    private static readonly Dictionary<string, string> ContentTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".jpe"] = "image/jpeg",
        [".png"] = "image/png",
        [".webp"] = "image/webp",
        [".bmp"] = "image/bmp",
        [".gif"] = "image/gif",
    };

    /// <summary>Whether a file's name is that of a picture the grid reads.</summary>
    /// <param name="path">The file.</param>
    /// <returns>True for JPEG, PNG, WebP, BMP and GIF names that do not begin with a dot.</returns>
    public static bool IsPictureName(string path) =>
        !Path.GetFileName(path).StartsWith('.') && ContentTypes.ContainsKey(Path.GetExtension(path));

    /// <summary>The media type of a picture, by its name.</summary>
    /// <param name="path">The file; any name.</param>
    /// <returns>The type, <c>application/octet-stream</c> for a name that is not a picture's.</returns>
    public static string ContentTypeOf(string path) => ContentTypes.GetValueOrDefault(Path.GetExtension(path), "application/octet-stream");

    /// <summary>Takes a picture that came without a name. Its first bytes tell its type.</summary>
    /// <param name="bytes">The picture's bytes.</param>
    /// <returns>The picture; JPEG where the bytes are those of no other type.</returns>
    public static Picture OfBytes(byte[] bytes) => new(bytes, bytes switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "image/png",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..] => "image/webp",
        [(byte)'G', (byte)'I', (byte)'F', ..] => "image/gif",
        [(byte)'B', (byte)'M', ..] => "image/bmp",
        _ => "image/jpeg",
    });

    /// <summary>Reads a file. Any name is accepted here: the grid looks at the bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the reading; it changes nothing.</param>
    /// <returns>The picture.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<Picture> ReadAsync(string path, CancellationToken cancellationToken = default)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no file '{path}'.");
        }

        byte[] bytes = await File.ReadAllBytesAsync(path, cancellationToken);
        return new Picture(bytes, ContentTypeOf(path));
    }
}
