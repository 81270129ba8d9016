namespace FaceGrid.Grains.Storage;

/// <summary>Names under which state is stored. They are part of the data on disk and never change.</summary>
public static class StateNames
{
    /// <summary>Rows of people.</summary>
    public const string Person = "person";

    /// <summary>Rows of kept cut-outs of faces. Key: the person's, a slash and the face id.</summary>
    public const string Crop = "crop";

    /// <summary>Rows of galleries.</summary>
    public const string Gallery = "gallery";

    /// <summary>The Orleans storage provider that grains use.</summary>
    public const string Provider = "rows";
}
