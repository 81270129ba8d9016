using System.Text.Json;

namespace FaceGrid.Client;

/// <summary>One event of <c>GET /v1/events</c>.</summary>
/// <param name="Kind"><c>begun</c>, <c>changed</c>, <c>ended</c>, or <c>gap</c> where events are not kept any more.</param>
/// <param name="Id">Its position: listening after it continues with the next event.</param>
/// <param name="Data">The sighting, or what is missing.</param>
public sealed record GridEvent(string Kind, string? Id, JsonElement Data);
