using System.IO.Compression;
using System.Net.Http.Headers;
using FaceGrid.Tests.Support;
using Shouldly;
using SkiaSharp;

namespace FaceGrid.Tests;

/// <summary>Pictures with one face: of LFW, and cut out of frames.</summary>
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

    public static byte[] Cut(byte[] frame, SKRectI where)
    {
        using SKBitmap whole = SKBitmap.Decode(frame), part = new();
        whole.ExtractSubset(part, where).ShouldBeTrue();
        using SKData jpeg = part.Encode(SKEncodedImageFormat.Jpeg, 95);
        return jpeg.ToArray();
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
