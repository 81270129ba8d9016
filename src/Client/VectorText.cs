using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FaceGrid.Client;

/// <summary>Vectors as the API writes them: base64 of little-endian float32.</summary>
public static class VectorText
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

    /// <summary>Writes a vector.</summary>
    /// <param name="vector">Any vector.</param>
    /// <returns>Base64.</returns>
    public static string Write(ReadOnlySpan<float> vector) => Convert.ToBase64String(MemoryMarshal.AsBytes(vector));
}
