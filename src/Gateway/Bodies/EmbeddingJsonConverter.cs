using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaceGrid.Gateway.Bodies;

/// <summary>
/// Reads an embedding from an array of numbers or from base64, and writes base64. It also reads the strings <c>NaN</c>, <c>Infinity</c>
/// and <c>-Infinity</c> and numbers beyond float32, so that the caller gets a clear not-finite problem instead of a parse error.
/// </summary>
internal sealed class EmbeddingJsonConverter : JsonConverter<Embedding>
{
    /// <summary>Longest vector read: above the 2,048 of any contract, so that a wrong length is reported as such.</summary>
    public const int FloatsMax = 16_384;

    public override Embedding Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.StartArray => new Embedding(ReadArray(ref reader)),
        JsonTokenType.String when reader.TryGetBytesFromBase64(out byte[]? bytes) && bytes.Length <= FloatsMax * sizeof(float) =>
            new Embedding(bytes),
        _ => throw new JsonException(),
    };

    public override void Write(Utf8JsonWriter writer, Embedding value, JsonSerializerOptions options) =>
        writer.WriteBase64StringValue(value.Bytes);

    private static byte[] ReadArray(ref Utf8JsonReader reader)
    {
        var bytes = new ArrayBufferWriter<byte>(512 * sizeof(float));
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (bytes.WrittenCount >= FloatsMax * sizeof(float))
            {
                throw new JsonException();
            }

            BinaryPrimitives.WriteSingleLittleEndian(bytes.GetSpan(sizeof(float)), ReadNumber(ref reader));
            bytes.Advance(sizeof(float));
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static float ReadNumber(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetSingle(out float value) => value,
        JsonTokenType.Number => (float)reader.GetDouble(),
        JsonTokenType.String when reader.ValueTextEquals("NaN"u8) => float.NaN,
        JsonTokenType.String when reader.ValueTextEquals("Infinity"u8) => float.PositiveInfinity,
        JsonTokenType.String when reader.ValueTextEquals("-Infinity"u8) => float.NegativeInfinity,
        _ => throw new JsonException(),
    };
}
