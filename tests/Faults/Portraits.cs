using System.IO.Compression;
using System.Net.Http.Headers;
using FaceGrid.Tests.Support;

namespace FaceGrid.Tests;

/// <summary>Pictures of LFW with one face.</summary>
internal static class Portraits
{
    public static byte[] Read(string name)
    {
        using ZipArchive zip = ZipFile.OpenRead(Path.Combine(TestData.Pictures, "lfw", "lfw_raw250_view2.zip"));
        using Stream entry = zip.Entries.First(candidate => candidate.FullName.EndsWith(name, StringComparison.Ordinal)).Open();
        using var bytes = new MemoryStream();
        entry.CopyTo(bytes);
        return bytes.ToArray();
    }

    public static async Task<(int Status, string Body)> PostAsync(NodeProcess node, string path, byte[] picture, string? traceParent = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(picture) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        if (traceParent is not null)
        {
            request.Headers.Add("traceparent", traceParent);
        }

        using HttpResponseMessage response = await node.Http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
