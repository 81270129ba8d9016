namespace FaceGrid.Models;

/// <summary>Order of the three colour planes of a model's input.</summary>
public enum ChannelOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb = 0,

    /// <summary>Blue, green, red.</summary>
    Bgr = 1
}
