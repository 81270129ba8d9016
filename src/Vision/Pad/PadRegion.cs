using FaceGrid.Vision.Decoding;

namespace FaceGrid.Vision.Pad;

/// <summary>
/// Computes the part of a picture that a PAD model sees: the face's box, enlarged about its centre and shifted to stay inside the picture.
/// The MiniFASNet models were trained with exactly this rule, rounding included (minivision-ai/Silent-Face-Anti-Spoofing,
/// src/generate_patches.py, <c>CropImage</c>).
/// </summary>
internal static class PadRegion
{
    /// <summary>Finds the region.</summary>
    /// <param name="box">The face's box in pixels of the picture; it may reach outside.</param>
    /// <param name="scale">
    /// Side of the region divided by the side of the box. A region that would be larger than the picture is made smaller, with both sides
    /// in the same ratio.
    /// </param>
    /// <param name="width">Width of the picture in pixels.</param>
    /// <param name="height">Height of the picture in pixels.</param>
    /// <returns>A region inside the picture, at least one pixel.</returns>
    public static PixelRegion Around(FaceBox box, double scale, int width, int height)
    {
        double fits = Math.Min(scale, Math.Min((width - 1) / (double)box.Width, (height - 1) / (double)box.Height));
        (int left, int right) = Side(box.X + box.Width / 2.0, box.Width * fits, width - 1);
        (int top, int bottom) = Side(box.Y + box.Height / 2.0, box.Height * fits, height - 1);
        return new(left, top, right - left + 1, bottom - top + 1);
    }

    /// <summary>
    /// Finds the first and last pixel along one axis. Both ends are rounded down to whole pixels, and both belong to the region.
    /// </summary>
    private static (int First, int Last) Side(double centre, double length, int last)
    {
        // At the edge of the picture the region moves inwards as a whole. So a face there keeps as much surroundings as one in the middle.
        double first = Math.Clamp(centre - length / 2, 0, Math.Max(0, last - length));
        // The small addend makes up for rounding errors of the sum, so that a region which should reach the edge does reach it.
        return ((int)first, Math.Min(last, (int)(first + length + 1e-6)));
    }
}
