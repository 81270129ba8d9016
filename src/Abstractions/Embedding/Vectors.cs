using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FaceGrid.Abstractions.Errors;

namespace FaceGrid.Abstractions.Embedding;

/// <summary>The wire and row form of a vector: float32, little-endian, no header.</summary>
public static class Vectors
{
    /// <summary>Writes floats as bytes.</summary>
    /// <param name="vector">Any length.</param>
    /// <returns>Four bytes per float.</returns>
    public static byte[] ToBytes(ReadOnlySpan<float> vector)
    {
        byte[] bytes = new byte[vector.Length * sizeof(float)];
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(vector).CopyTo(bytes);
            return bytes;
        }

        for (int i = 0; i < vector.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
        }

        return bytes;
    }

    /// <summary>Reads bytes as floats.</summary>
    /// <param name="bytes">Four bytes per float; a rest of one to three bytes is an error.</param>
    /// <returns>The floats.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.WrongDimension"/> when the length is not a multiple of four.</exception>
    public static float[] FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % sizeof(float) != 0)
        {
            throw new FaceGridException(ErrorCodes.WrongDimension, "An embedding in bytes is float32, four bytes each.");
        }

        float[] vector = new float[bytes.Length / sizeof(float)];
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
        }

        return vector;
    }

    /// <summary>Checks a vector against a contract and scales it to unit norm.</summary>
    /// <param name="bytes">The vector as given; left unchanged.</param>
    /// <param name="dimension">The length it must have.</param>
    /// <returns>
    /// The unit vector. One whose norm is within 1e-6 of 1 comes back bit for bit, so a stored template compares with itself at distance
    /// 0.
    /// </returns>
    /// <exception cref="FaceGridException">Wrong dimension, not finite, or zero norm (below 1e-12).</exception>
    public static float[] ToUnit(ReadOnlySpan<byte> bytes, int dimension)
    {
        float[] vector = FromBytes(bytes);
        if (vector.Length != dimension)
        {
            throw new FaceGridException(
                ErrorCodes.WrongDimension, $"The embedding has {vector.Length} numbers; this gallery's contract has {dimension}.");
        }

        double squares = 0;
        foreach (float value in vector)
        {
            if (!float.IsFinite(value))
            {
                throw new FaceGridException(ErrorCodes.NotFinite, "The embedding holds NaN or infinity.");
            }

            squares += (double)value * value;
        }

        double norm = Math.Sqrt(squares);
        if (norm < 1e-12)
        {
            throw new FaceGridException(ErrorCodes.ZeroNorm, "The embedding's norm is zero.");
        }

        if (Math.Abs(norm - 1) > 1e-6)
        {
            for (int i = 0; i < vector.Length; i++)
            {
                vector[i] = (float)(vector[i] / norm);
            }
        }

        return vector;
    }
}
