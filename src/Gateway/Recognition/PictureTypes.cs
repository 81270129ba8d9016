namespace FaceGrid.Gateway.Recognition;

/// <summary>Content types of pictures.</summary>
internal static class PictureTypes
{
    /// <summary>The accepted content types, for the OpenAPI document.</summary>
    public static readonly string[] All = ["image/*", "application/octet-stream", "multipart/form-data"];

    /// <summary>Finds the content type of a picture from its first bytes.</summary>
    public static string Of(ReadOnlySpan<byte> picture) => picture switch
    {
        [0xFF, 0xD8, ..] => "image/jpeg",
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "image/png",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..] => "image/webp",
        [(byte)'B', (byte)'M', ..] => "image/bmp",
        [(byte)'G', (byte)'I', (byte)'F', ..] => "image/gif",
        _ => "application/octet-stream",
    };
}
