using System.Text.Json;

namespace FaceGrid.Cli.Cluster;

/// <summary>A successful answer.</summary>
/// <param name="Status">The HTTP status, 200 to 299.</param>
/// <param name="Body">The JSON document; undefined when the answer has none.</param>
internal sealed record ClusterAnswer(int Status, JsonElement Body);
