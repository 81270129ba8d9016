using System.Buffers.Binary;

namespace FaceGrid.Cli.Galleries;

/// <summary>Vectors as text: base64 of little-endian float32.</summary>
internal static class VectorText
{
    /// <summary>Reads a vector.</summary>
    /// <param name="text">Base64.</param>
    /// <returns>The numbers, or null when the text is not base64 of whole floats.</returns>
    public static float[]? Read(string text)
    {
        byte[] bytes = new byte[((text.Length + 3) / 4) * 3];
        if (!Convert.TryFromBase64String(text, bytes, out int written) || written % sizeof(float) != 0)
        {
            return null;
        }

        float[] vector = new float[written / sizeof(float)];
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * sizeof(float)));
        }

        return vector;
    }
}
