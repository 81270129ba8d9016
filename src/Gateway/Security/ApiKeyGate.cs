using System.Security.Cryptography;
using System.Text;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Gateway.Cluster;
using Microsoft.Extensions.Options;

namespace FaceGrid.Gateway.Security;

/// <summary>
/// Lets a request pass in three cases: its endpoint is open; its key is known and allows the request; or no keys are configured and the
/// request comes from this machine's own tools and pages. Without keys an attacker could use a browser on this machine. So requests of a
/// foreign page (<c>Origin</c>) or with a foreign name that points at loopback (<c>Host</c>, DNS rebinding) are refused.
/// </summary>
internal sealed class ApiKeyGate(RequestDelegate next, IOptions<GatewayOptions> options)
{
    private readonly ApiKeyGrant[] _keys = [.. options.Value.ApiKeys.Select(key => new ApiKeyGrant(key))];

    /// <summary>True when a request that the gate let pass also has <paramref name="permission"/>.</summary>
    public static bool Allows(HttpContext context, KeyPermission permission) =>
        context.Features.Get<ApiKeyGrant>()?.Allows(permission) ?? true;

    public Task InvokeAsync(HttpContext context)
    {
        if (!NeedsKey(context))
        {
            return next(context);
        }

        if (_keys.Length == 0)
        {
            return IsFromThisMachine(context.Request)
                ? next(context)
                : throw new FaceGridException(
                    ErrorCodes.Unauthorized, "Without API keys the gateway answers only to loopback host names and to its own pages.");
        }

        bool page = context.GetEndpoint()?.Metadata.GetMetadata<BrowserPage>() is not null;
        if (Find(KeyOf(context.Request, page)) is not { } key)
        {
            context.Response.Headers.WWWAuthenticate = page
                ? "Basic realm=\"FaceGrid: any name, an API key as password\", charset=\"UTF-8\""
                : "Bearer";
            throw new FaceGridException(ErrorCodes.Unauthorized, "Send a known key in X-Api-Key or Authorization: Bearer.");
        }

        Admit(context, key);
        return next(context);
    }

    private static void Admit(HttpContext context, ApiKeyGrant key)
    {
        if (context.GetEndpoint() is { } endpoint)
        {
            NeededPermission needed = endpoint.Metadata.GetMetadata<NeededPermission>() ?? new NeededPermission(KeyPermission.Administer);
            if (!key.Allows(needed.Permission))
            {
                throw new FaceGridException(ErrorCodes.Forbidden, $"The key lacks the permission {needed.Permission}.");
            }

            if (!key.Reaches(context, needed.Reach))
            {
                throw new FaceGridException(
                    ErrorCodes.Forbidden, "The key is for certain galleries or cameras, and this request is not limited to them.");
            }
        }

        context.Features.Set(key);
    }

    private static bool NeedsKey(HttpContext context) =>
        context.GetEndpoint() is { } endpoint
            ? endpoint.Metadata.GetMetadata<OpenEndpoint>() is null
            : context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase)
                || context.Request.Path.StartsWithSegments("/metrics", StringComparison.OrdinalIgnoreCase)
                || context.Request.Path.StartsWithSegments(DashboardEndpoints.Path, StringComparison.OrdinalIgnoreCase);

    private static bool IsFromThisMachine(HttpRequest request)
    {
        if (!GatewayAddressPolicy.IsLoopbackHost(request.Host.Host))
        {
            return false;
        }

        string origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    private static string KeyOf(HttpRequest request, bool page)
    {
        string key = request.Headers["X-Api-Key"].ToString();
        if (key.Length > 0)
        {
            return key;
        }

        string authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? authorization["Bearer ".Length..].Trim()
            : page
                && authorization.StartsWith(
                    "Basic ", StringComparison.OrdinalIgnoreCase) ? PasswordOf(authorization["Basic ".Length..].Trim())
            : "";
    }

    private static string PasswordOf(string credentials)
    {
        byte[] bytes = new byte[credentials.Length];
        string pair = Convert.TryFromBase64String(credentials, bytes, out int length) ? Encoding.UTF8.GetString(bytes, 0, length) : "";
        return pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }

    // Every hash is compared, and each comparison takes constant time, so the time does not reveal which key was close.
    private ApiKeyGrant? Find(string key)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        ApiKeyGrant? found = null;
        foreach (ApiKeyGrant candidate in _keys)
        {
            found = candidate.Is(hash) ? candidate : found;
        }

        return key.Length > 0 ? found : null;
    }
}
