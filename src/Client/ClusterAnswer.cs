using System.Text.Json;

namespace FaceGrid.Client;

/// <summary>A successful answer of a gateway.</summary>
/// <param name="Status">The HTTP status, 200 to 299.</param>
/// <param name="Body">The JSON document, read with the methods of <see cref="JsonReading"/>; undefined when the answer has none.</param>
public sealed record ClusterAnswer(int Status, JsonElement Body);
