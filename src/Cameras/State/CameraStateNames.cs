namespace FaceGrid.Cameras.State;

/// <summary>Names under which cameras and rules store state. They are part of the data on disk and never change.</summary>
internal static class CameraStateNames
{
    /// <summary>Rows of cameras.</summary>
    public const string Camera = "camera";

    /// <summary>Rows with the open visits of cameras.</summary>
    public const string CameraVisits = "camera-visits";

    /// <summary>Rows of rules.</summary>
    public const string Rule = "rule";

    /// <summary>Rows of deliveries that rules gave up.</summary>
    public const string RuleLetters = "rule-letters";
}
