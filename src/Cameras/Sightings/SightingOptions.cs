using System.ComponentModel.DataAnnotations;

namespace FaceGrid.Cameras.Sightings;

/// <summary>How long sightings are kept. Section <c>FaceGrid:Sightings</c>; set it alike on every node.</summary>
public sealed class SightingOptions
{
    /// <summary>
    /// Days after the last change of a visit when it, its picture and its events are erased. Range 0 to 36,500, default 30; 0
    /// keeps them for ever.
    /// </summary>
    [Range(0, 36_500)]
    public int RetentionDays { get; set; } = 30;
}
