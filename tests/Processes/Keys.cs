using System.Security.Cryptography;
using System.Text;
using FaceGrid.Tests.Support;

namespace FaceGrid.Tests;

/// <summary>One API key, and what a node needs to know it.</summary>
internal static class Keys
{
    public const string Key = "the-operator's-key";

    public static readonly (string Key, string Value)[] Settings =
    [
        ("FaceGrid__Gateway__ApiKeys__0__Name", "operator"),
        ("FaceGrid__Gateway__ApiKeys__0__Sha256", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))),
    ];

    public static async Task<int> StatusAsync(NodeProcess node, string path, string? key, string? password = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null)
        {
            request.Headers.Add("X-Api-Key", key);
        }

        if (password is not null)
        {
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"anybody:{password}")));
        }

        using HttpResponseMessage response = await node.Http.SendAsync(request);
        return (int)response.StatusCode;
    }
}
