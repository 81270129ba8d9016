using FaceGrid.Models;

namespace FaceGrid.Vision.Detection;

/// <summary>Reads YuNet's twelve outputs. They are the same for the dynamic and the fixed export.</summary>
internal static class YuNetOutputs
{
    /// <summary>The three grids, in picture pixels per cell.</summary>
    public static readonly int[] Strides = [8, 16, 32];

    /// <summary>
    /// Adds the faces of one grid. Formulas: the confidence is the square root of class x object, the centre is (cell + offset) x stride,
    /// the size is e^b x stride, the points are (offset + cell) x stride (OpenCV modules/objdetect/src/face_detect.cpp,
    /// <c>postProcess</c>).
    /// </summary>
    /// <param name="stride">Pixels per cell.</param>
    /// <param name="columns">Cells per row.</param>
    /// <param name="classes">One number per cell.</param>
    /// <param name="objects">One number per cell.</param>
    /// <param name="boxes">Four numbers per cell.</param>
    /// <param name="points">Ten numbers per cell.</param>
    /// <param name="confidenceMin">Lowest confidence of a face, 0 to 1.</param>
    /// <param name="faces">The list to which faces are added, in pixels of the model's input.</param>
    public static void Read(
        int stride,
        int columns,
        ReadOnlySpan<float> classes,
        ReadOnlySpan<float> objects,
        ReadOnlySpan<float> boxes,
        ReadOnlySpan<float> points,
        float confidenceMin,
        List<DetectedFace> faces)
    {
        float squareMin = confidenceMin * confidenceMin;
        Span<float> landmarks = stackalloc float[10];
        for (int cell = 0; cell < classes.Length; cell++)
        {
            float square = Math.Clamp(classes[cell], 0, 1) * Math.Clamp(objects[cell], 0, 1);
            if (!(square >= squareMin))
            {
                continue;
            }

            int column = cell % columns, row = cell / columns;
            var box = boxes.Slice(cell * 4, 4);
            float width = MathF.Exp(box[2]) * stride, height = MathF.Exp(box[3]) * stride;
            float x = (column + box[0]) * stride - width / 2, y = (row + box[1]) * stride - height / 2;
            for (int index = 0; index < 10; index += 2)
            {
                landmarks[index] = (points[cell * 10 + index] + column) * stride;
                landmarks[index + 1] = (points[cell * 10 + index + 1] + row) * stride;
            }

            if (float.IsFinite(x + y + width + height) && AllFinite(landmarks))
            {
                faces.Add(new(new(x, y, width, height), FaceLandmarks.FromArray(landmarks), MathF.Sqrt(square)));
            }
        }
    }

    private static bool AllFinite(ReadOnlySpan<float> numbers)
    {
        foreach (float number in numbers)
        {
            if (!float.IsFinite(number))
            {
                return false;
            }
        }

        return true;
    }
}
