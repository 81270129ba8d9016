namespace FaceGrid.Gateway.Security;

/// <summary>
/// Marks an endpoint with the permission that a key needs for it. An endpoint without it asks for <see cref="KeyPermission.Administer"/>.
/// </summary>
/// <param name="Permission">The permission.</param>
/// <param name="Reach">How the galleries and cameras of a key bound it.</param>
internal sealed record NeededPermission(KeyPermission Permission, KeyReach Reach = KeyReach.ByPath);

/// <summary>Where a request says which gallery or camera it is about.</summary>
internal enum KeyReach
{
    /// <summary>In its path; with neither there it is about all of them.</summary>
    ByPath,

    /// <summary>In its query, as <c>gallery</c> or <c>camera</c>; with neither there it is about all of them.</summary>
    ByQuery,

    /// <summary>It is about no gallery and no camera.</summary>
    Nothing,
}

/// <summary>Marks endpoints with what they need.</summary>
internal static class NeededPermissionExtensions
{
    /// <summary>Says what permission the endpoint, or every endpoint of the group that says nothing itself, needs.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder builder, KeyPermission permission, KeyReach reach = KeyReach.ByPath)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new NeededPermission(permission, reach));
}
