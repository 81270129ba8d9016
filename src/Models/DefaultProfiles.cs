namespace FaceGrid.Models;

/// <summary>Profiles of the models that come with FaceGrid. They are used when the settings name no other profile.</summary>
public static class DefaultProfiles
{
    /// <summary>The detector's profile id.</summary>
    public const string Detector = "facegrid-detector";

    /// <summary>The embedder's profile id.</summary>
    public const string Embedder = "facegrid-face-128";
}
