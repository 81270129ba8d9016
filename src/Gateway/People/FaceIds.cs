using System.Security.Cryptography;

namespace FaceGrid.Gateway.People;

/// <summary>
/// Ids of faces: the first 32 hex digits of SHA-256 over the bytes that were enrolled, so the same bytes are the same face.
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
