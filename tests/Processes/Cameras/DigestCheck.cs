using System.Security.Cryptography;
using System.Text;
using FaceGrid.Tests.Support.Cameras;

namespace FaceGrid.Tests.Cameras;

/// <summary>Digest authentication as a camera asks for it (RFC 2617 without qop, which HTTP cameras and RTSP share).</summary>
internal static class DigestCheck
{
    public const string Challenge = "WWW-Authenticate: Digest realm=\"camera\", nonce=\"5a1f\"\r\n";

    public static bool Passes(CameraRequest request, string userName, string password)
    {
        string header = request.Header("Authorization") ?? "";
        return header.StartsWith("Digest ", StringComparison.Ordinal)
            && Part(header, "username") == userName
            && Part(header, "response") == Hash(
                $"{Hash($"{userName}:camera:{password}")}:5a1f:{Hash($"{request.Method}:{Part(header, "uri")}")}");
    }

    private static string Part(string header, string name) => header.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)
        .First(part => part.StartsWith($"{name}=\"", StringComparison.Ordinal))[(name.Length + 1)..].Trim('"');

    private static string Hash(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
}
