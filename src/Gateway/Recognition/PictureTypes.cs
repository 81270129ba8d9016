namespace FaceGrid.Gateway;

/// <summary>Content types of pictures, for the OpenAPI document.</summary>
internal static class PictureTypes
{
    public static readonly string[] All = ["image/*", "application/octet-stream", "multipart/form-data"];
}
