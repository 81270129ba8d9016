using System.Text.Json.Serialization;

namespace FaceGrid.Gateway.Bodies;

/// <summary>A vector as it travels in JSON: an array of numbers or a base64 string, held as little-endian float32.</summary>
/// <param name="Bytes">Four bytes per float. The code that compares the vector checks its length, finiteness and norm.</param>
[JsonConverter(typeof(EmbeddingJsonConverter))]
internal sealed record Embedding(byte[] Bytes);
