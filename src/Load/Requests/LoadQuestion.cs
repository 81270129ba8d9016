using System.Text.Json;

namespace FaceGrid.Load.Requests;

/// <summary>One request, and what its answer must be. All requests are POST.</summary>
/// <param name="Operation">What the request does.</param>
/// <param name="Path">Relative to the server.</param>
/// <param name="Body">The body that is sent.</param>
/// <param name="ContentType">Content type of the body.</param>
/// <param name="Fault">
/// Checks a complete answer of status 200 or 201. Returns null when the answer is right, else what is wrong with it.
/// </param>
internal sealed record LoadQuestion(
    LoadOperation Operation, string Path, byte[] Body, string ContentType, Func<JsonElement, string?> Fault);
