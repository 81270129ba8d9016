namespace FaceGrid.Gateway.Security;

/// <summary>
/// Headers of every answer. The answers are data, so a browser must not sniff, frame, cache or run them. The pages relax the policy for
/// themselves.
/// </summary>
internal static class SecurityHeaders
{
    public static void Write(HttpResponse response)
    {
        IHeaderDictionary headers = response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers.CacheControl = "no-store";
    }
}
