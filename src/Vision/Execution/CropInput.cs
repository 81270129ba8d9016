using FaceGrid.Models;

namespace FaceGrid.Vision.Execution;

/// <summary>The input of a <see cref="CropModel{T}"/>: (level - mean) x scale, plane by plane.</summary>
/// <param name="Width">Width of a crop in pixels.</param>
/// <param name="Height">Height of a crop in pixels.</param>
/// <param name="Colour">Order of the colour planes.</param>
/// <param name="Mean">Three numbers in plane order, in grey levels 0 to 255.</param>
/// <param name="Scale">Three numbers in plane order.</param>
internal sealed record CropInput(int Width, int Height, ChannelOrder Colour, float[] Mean, float[] Scale);
