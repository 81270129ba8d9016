using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;

namespace FaceGrid.Gateway.Security;

/// <summary>What one configured API key may do, and for which galleries and cameras.</summary>
internal sealed class ApiKeyGrant(ApiKeyOptions options)
{
    private readonly byte[] _hash = Convert.FromHexString(options.Sha256);
    private readonly HashSet<KeyPermission> _permissions = options.Permissions.Count == 0 ?
    [
        .. Enum.GetValues<KeyPermission>(),
    ] : [.. options.Permissions];
    private readonly HashSet<string> _galleries = new(
        options.Galleries, StringComparer.Ordinal), _cameras = new(options.Cameras, StringComparer.Ordinal);

    /// <summary>True when this is the key with the SHA-256 <paramref name="hash"/>. Compares in constant time.</summary>
    public bool Is(byte[] hash) => CryptographicOperations.FixedTimeEquals(hash, _hash);

    /// <summary>True when the key has the permission.</summary>
    public bool Allows(KeyPermission permission) => _permissions.Contains(permission);

    /// <summary>True when the key is not bound to galleries or cameras, or the request is only about those of the key.</summary>
    public bool Reaches(HttpContext context, KeyReach reach)
    {
        if (_galleries.Count + _cameras.Count == 0 || reach == KeyReach.Nothing)
        {
            return true;
        }

        IQueryCollection query = context.Request.Query;
        return reach == KeyReach.ByQuery
            ? Holds(_galleries, query["gallery"]) || Holds(_cameras, query["camera"])
            : Holds(_galleries, context.GetRouteValue("gallery") as string) || Holds(_cameras, context.GetRouteValue("camera") as string);
    }

    // A query may repeat a name, and each endpoint chooses the value that it reads. So all values must be allowed.
    private static bool Holds(HashSet<string> ids, StringValues wanted) =>
        wanted.Count > 0 && wanted.All(id => id is not null && ids.Contains(id));
}
