namespace FaceGrid.Models;

/// <summary>
/// A model that tells a live face from a picture of one (presentation-attack detection): a crop around the face in, one number per class
/// out. Input: batch x 3 x height x width, float32, grey levels 0 to 255 without mean or scale.
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
    /// How much the model sees: side of the region over side of the face's box, both about the same centre. Range: 1 to 16. The region is
    /// shifted, and where that is not enough made smaller, to stay inside the picture.
    /// </summary>
    public required double CropScale { get; init; }

    /// <summary>Numbers per face that come out. Range: 2 to 1,000.</summary>
    public required int Classes { get; init; }

    /// <summary>Which of them stands for a live face, from 0.</summary>
    public required int LiveClass { get; init; }

    /// <summary>How the numbers become shares of 1. Only <c>softmax</c> is known.</summary>
    public required string Activation { get; init; }

    /// <summary>
    /// How several models are put together. Only <c>sum</c> is known: their shares are added, and divided by the number of models.
    /// </summary>
    public required string Fusion { get; init; }

    /// <summary>
    /// At or above this share of the live class, between 0 and 1, a face counts as live. Of several models the highest is in force.
    /// </summary>
    public required float Threshold { get; init; }
}
