using System.Security.Cryptography;
using FaceGrid.Gateway.Cluster;
using FaceGrid.Gateway.Security;
using Scalar.AspNetCore;

namespace FaceGrid.Gateway.Pages;

/// <summary>
/// The pages: the start page, the live view of cameras and the API reference. Everything they need is inside this assembly or its packages.
/// Nothing is loaded from elsewhere.
/// </summary>
internal static class PageEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        MapPage(routes, "/", "index.html");
        MapPage(routes, "/live", "live.html");
        routes.MapOpenApi("/openapi/{documentName}.json").WithMetadata(new OpenEndpoint());
        routes.MapScalarApiReference("/docs", options =>
        {
            options.Title = "FaceGrid API";
            options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
            options.DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp();
        }).WithMetadata(new OpenEndpoint());
    }

    /// <summary>Relaxes the content security policy of a page: it may run its own scripts and talk to this host only.</summary>
    public static void RelaxPolicy(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/docs", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Headers.ContentSecurityPolicy =
                "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
                    + "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
                    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        }
        else if (context.Request.Path.StartsWithSegments(DashboardEndpoints.Path, StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Headers.ContentSecurityPolicy =
                "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
                    + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        }
    }

    /// <summary>
    /// Serves a page that holds no data of the grid. The page asks the API for the data that it shows, with the key that its reader gives.
    /// </summary>
    private static void MapPage(IEndpointRouteBuilder routes, string path, string file)
    {
        string page = Load(file);
        routes.MapGet(path, context =>
        {
            string nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            context.Response.Headers.ContentSecurityPolicy =
                $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src 'self' data: blob:; "
                    + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
            string text = page.Replace("{{nonce}}", nonce, StringComparison.Ordinal);
            return Results.Text(text, "text/html; charset=utf-8").ExecuteAsync(context);
        }).ExcludeFromDescription().WithMetadata(new OpenEndpoint());
    }

    private static string Load(string file)
    {
        using Stream stream = typeof(PageEndpoints).Assembly.GetManifestResourceStream($"FaceGrid.Gateway.{file}")
            ?? throw new InvalidOperationException($"The page {file} is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
