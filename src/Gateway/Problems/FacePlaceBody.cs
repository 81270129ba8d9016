using FaceGrid.Abstractions.Errors;
using FaceGrid.Gateway.Recognition;

namespace FaceGrid.Gateway.Problems;

/// <summary>A face that a caller may choose: its number in the order of detection, and its box.</summary>
internal sealed record FacePlaceBody(int Face, BoxBody Box)
{
    public static FacePlaceBody[]? Of(NumberedBox[]? boxes) => boxes is null
        ? null
        : Array.ConvertAll(boxes, box => new FacePlaceBody(box.Face, new BoxBody(box.X, box.Y, box.Width, box.Height)));
}
