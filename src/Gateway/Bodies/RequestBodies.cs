using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FaceGrid.Abstractions.Errors;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace FaceGrid.Gateway.Bodies;

/// <summary>Reads request bodies within their limits: pictures raw or from a form, and JSON.</summary>
internal sealed class RequestBodies(IOptions<GatewayOptions> options)
{
    private const string WrongType =
        "Send a picture (image/*, application/octet-stream, multipart/form-data) or application/json, as the route says.";

    private const int FormPartsMax = 16;

    // Room for the boundaries and headers that multipart adds around the files.
    private const long FormOverheadBytesMax = 64 << 10;

    /// <summary>True when the body is declared as JSON.</summary>
    public static bool IsJson(HttpRequest request) =>
        TypeOf(request) is { } type
        && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase));

    /// <summary>True when the body is declared as a form with files.</summary>
    public static bool IsForm(HttpRequest request) =>
        TypeOf(request)?.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>
    /// True when the body is declared as a stream of parts, each a picture: the type that network cameras send, or any other multipart
    /// type except a form.
    /// </summary>
    public static bool IsStream(HttpRequest request) =>
        !IsForm(request) && TypeOf(request)?.Type.Equals("multipart", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>True when no body was sent at all.</summary>
    public static bool IsAbsent(HttpContext context) =>
        context.Request.ContentLength == 0 || context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false;

    /// <summary>Reads one picture.</summary>
    /// <exception cref="FaceGridException">Empty body, too many bytes, unsupported media type, or a malformed form.</exception>
    public async Task<byte[]> ReadPictureAsync(HttpContext context, CancellationToken cancellationToken)
    {
        HttpRequest request = context.Request;
        if (IsForm(request))
        {
            Dictionary<string, byte[]> files = await ReadFormAsync(context, null, 1, cancellationToken);
            return files.Values.FirstOrDefault() ?? throw new FaceGridException(ErrorCodes.EmptyBody, "The form has no file.");
        }

        if (IsAbsent(context))
        {
            throw Empty();
        }

        MediaTypeHeaderValue? type = TypeOf(request);
        if (type is null
            || !(type.Type.Equals("image", StringComparison.OrdinalIgnoreCase)
                || type.MediaType.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase)))
        {
            throw new FaceGridException(ErrorCodes.UnsupportedMediaType, WrongType);
        }

        long bytesMax = options.Value.ImageBytesMax;
        Limit(context, bytesMax);
        return await ReadAllAsync(new LimitedStream(request.Body, bytesMax), request.ContentLength, cancellationToken);
    }

    /// <summary>
    /// Reads a stream of pictures, one after the other, until it ends. The limit for one picture applies to each part. The number of parts
    /// is not limited.
    /// </summary>
    /// <exception cref="FaceGridException">Too many bytes in one part, or a malformed stream.</exception>
    public async IAsyncEnumerable<byte[]> ReadPicturesAsync(
        HttpContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Limit(context, long.MaxValue);
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            // The server's own limit cuts a client that sends no bytes for five seconds. A camera may send nothing for longer. The
            // caller's token decides when to stop waiting for it.
            rate.MinDataRate = null;
        }

        var reader = new MultipartReader(BoundaryOf(context.Request), new LimitedStream(context.Request.Body, long.MaxValue));
        while (await NextPictureAsync(reader, cancellationToken) is { } picture)
        {
            if (picture.Length > 0)
            {
                yield return picture;
            }
        }
    }

    /// <summary>Reads the two pictures <c>a</c> and <c>b</c> of a form.</summary>
    /// <exception cref="FaceGridException">As <see cref="ReadPictureAsync"/>; invalid parameter when one is missing.</exception>
    public async Task<(byte[] A, byte[] B)> ReadPairAsync(HttpContext context, CancellationToken cancellationToken)
    {
        Dictionary<string, byte[]> files = await ReadFormAsync(context, ["a", "b"], 2, cancellationToken);
        return files.TryGetValue("a", out byte[]? a) && files.TryGetValue("b", out byte[]? b)
            ? (a, b)
            : throw new FaceGridException(ErrorCodes.InvalidParameter, "The form needs two files, named a and b.");
    }

    /// <summary>Reads a JSON body.</summary>
    /// <exception cref="FaceGridException">Empty body, too many bytes, unsupported media type or invalid JSON.</exception>
    public async Task<T> ReadJsonAsync<T>(HttpContext context, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        if (IsAbsent(context))
        {
            throw Empty();
        }

        if (!IsJson(context.Request))
        {
            throw new FaceGridException(ErrorCodes.UnsupportedMediaType, WrongType);
        }

        long bytesMax = options.Value.JsonBytesMax;
        Limit(context, bytesMax);
        var body = new LimitedStream(context.Request.Body, bytesMax);
        try
        {
            return await JsonSerializer.DeserializeAsync(body, type, cancellationToken)
                ?? throw new FaceGridException(ErrorCodes.InvalidJson, "A JSON object is needed, not null.");
        }
        catch (JsonException) when (body.BytesRead == 0)
        {
            throw Empty();
        }
    }

    private static FaceGridException Empty() => new(ErrorCodes.EmptyBody, "A body is needed.");

    private static MediaTypeHeaderValue? TypeOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type) ? type : null;

    // A declared length that is too large is refused at once. Without a declared length the bytes are counted while they stream. The
    // server's own limit is lifted: it counts the framing of chunks as well, and it cuts the connection before the caller can read why.
    private static void Limit(HttpContext context, long bytesMax)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = null;
        }

        if (context.Request.ContentLength > bytesMax)
        {
            throw LimitedStream.TooMany(bytesMax);
        }
    }

    private static async Task<byte[]> ReadAllAsync(LimitedStream body, long? length, CancellationToken cancellationToken)
    {
        // The declared length is a hint and may be wrong. So it only sizes the buffer, up to a megabyte.
        using var bytes = new MemoryStream((int)Math.Min(length ?? 0, 1 << 20));
        await body.CopyToAsync(bytes, cancellationToken);
        return bytes.Length > 0 ? bytes.ToArray() : throw Empty();
    }

    private static string BoundaryOf(HttpRequest request)
    {
        string boundary = HeaderUtilities.RemoveQuotes(TypeOf(request)?.Boundary ?? default).ToString();
        return boundary.Length is > 0 and <= 200
            ? boundary
            : throw new FaceGridException(ErrorCodes.InvalidParameter, "The multipart body has no usable boundary.");
    }

    private async Task<byte[]?> NextPictureAsync(MultipartReader reader, CancellationToken cancellationToken)
    {
        try
        {
            if (await reader.ReadNextSectionAsync(cancellationToken) is not { } section)
            {
                return null;
            }

            using var bytes = new MemoryStream();
            await new LimitedStream(section.Body, options.Value.ImageBytesMax, isPart: true).CopyToAsync(bytes, cancellationToken);
            return bytes.ToArray();
        }
        catch (Exception exception) when (exception is InvalidDataException or (IOException and not BadHttpRequestException))
        {
            throw new FaceGridException(ErrorCodes.InvalidParameter, "The stream is malformed or ends too early.", exception);
        }
    }

    private async Task<Dictionary<string, byte[]>> ReadFormAsync(
        HttpContext context, string[]? names, int filesMax, CancellationToken cancellationToken)
    {
        long bytesMax = (options.Value.ImageBytesMax * filesMax) + FormOverheadBytesMax;
        Limit(context, bytesMax);
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var reader = new MultipartReader(BoundaryOf(context.Request), new LimitedStream(context.Request.Body, bytesMax));
        try
        {
            for (int parts = 0; files.Count < filesMax && await reader.ReadNextSectionAsync(cancellationToken) is { } section; parts++)
            {
                await ReadPartAsync(section, parts, names, files, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or (IOException and not BadHttpRequestException))
        {
            throw new FaceGridException(ErrorCodes.InvalidParameter, "The form is malformed or ends too early.", exception);
        }

        return files;
    }

    private async Task ReadPartAsync(
        MultipartSection section, int index, string[]? names, Dictionary<string, byte[]> files, CancellationToken cancellationToken)
    {
        if (index >= FormPartsMax)
        {
            throw new FaceGridException(ErrorCodes.InvalidParameter, $"The form has more than {FormPartsMax} parts.");
        }

        ContentDispositionHeaderValue? disposition = section.GetContentDispositionHeader();
        string name = disposition is null ? "" : HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
        if (names is null ? disposition?.IsFileDisposition() == true : names.Contains(name, StringComparer.Ordinal))
        {
            files[name] = await ReadAllAsync(
                new LimitedStream(section.Body, options.Value.ImageBytesMax, isPart: true), null, cancellationToken);
        }
    }
}
