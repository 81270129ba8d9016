namespace FaceGrid.Gateway.Security;

/// <summary>
/// Marks an endpoint with the permission that a key needs for it. An endpoint without this mark needs
/// <see cref="KeyPermission.Administer"/>.
/// </summary>
/// <param name="Permission">The permission.</param>
/// <param name="Reach">Where the request names the gallery or camera that a key must be for.</param>
internal sealed record NeededPermission(KeyPermission Permission, KeyReach Reach = KeyReach.ByPath);

/// <summary>Where a request names its gallery or camera.</summary>
internal enum KeyReach
{
    /// <summary>In its path. A path that names neither means all galleries and cameras.</summary>
    ByPath,

    /// <summary>In its query, as <c>gallery</c> or <c>camera</c>. A query that names neither means all galleries and cameras.</summary>
    ByQuery,

    /// <summary>Nowhere: the request is about no gallery and no camera.</summary>
    Nothing,
}

/// <summary>Marks endpoints with the permission that they need.</summary>
internal static class NeededPermissionExtensions
{
    /// <summary>Sets the permission of an endpoint, or of every endpoint of a group that sets none itself.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder builder, KeyPermission permission, KeyReach reach = KeyReach.ByPath)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new NeededPermission(permission, reach));
}
