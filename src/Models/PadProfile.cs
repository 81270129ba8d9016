namespace FaceGrid.Models;

/// <summary>
/// A model that distinguishes a live face from a picture of a face (presentation-attack detection). It takes a crop around the face and
/// gives one number per class. Input: batch x 3 x height x width, float32, grey levels 0 to 255 without mean or scale.
/// </summary>
public sealed record PadProfile : ModelProfile
{
    /// <summary>Width of the crop in pixels. Range: 16 to 1,024.</summary>
    public required int InputWidth { get; init; }

    /// <summary>Height of the crop in pixels. Range: 16 to 1,024.</summary>
    public required int InputHeight { get; init; }

    /// <summary>Order of the colour planes.</summary>
    public required ChannelOrder Colour { get; init; }

    /// <summary>
    /// How much of the picture the model sees: the side of the region divided by the side of the face's box. Both have the same centre.
    /// Range: 1 to 16. A region that crosses the edge of the picture is shifted inside. A region larger than the picture is made smaller.
    /// </summary>
    public required double CropScale { get; init; }

    /// <summary>Count of output numbers per face. Range: 2 to 1,000.</summary>
    public required int Classes { get; init; }

    /// <summary>Index of the class that stands for a live face, from 0.</summary>
    public required int LiveClass { get; init; }

    /// <summary>How the output numbers become shares that add up to 1. Only <c>softmax</c> is supported.</summary>
    public required string Activation { get; init; }

    /// <summary>
    /// How the results of several models are combined. Only <c>sum</c> is supported: the shares are added and divided by the number of
    /// models.
    /// </summary>
    public required string Fusion { get; init; }

    /// <summary>
    /// A face counts as live at or above this share of the live class, between 0 and 1. With several models, the highest threshold applies.
    /// </summary>
    public required float Threshold { get; init; }
}
