using System.Security.Cryptography;

namespace FaceGrid.Gateway.People;

/// <summary>
/// Makes ids of faces: the first 32 hex digits of SHA-256 over the enrolled bytes. The same bytes always give the same face.
/// </summary>
internal static class FaceIds
{
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return Convert.ToHexStringLower(hash[..16]);
    }
}
