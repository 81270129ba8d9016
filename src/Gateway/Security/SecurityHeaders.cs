namespace FaceGrid.Gateway.Security;

/// <summary>
/// Headers that every answer carries. The answers are data, so a browser may neither sniff, frame, cache nor run them; the pages relax
/// the policy for themselves.
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
