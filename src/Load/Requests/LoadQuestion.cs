using System.Text.Json;

namespace FaceGrid.Load.Requests;

/// <summary>One request, and what its answer must be. All are POST.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Path">Relative to the server.</param>
/// <param name="Body">What is sent.</param>
/// <param name="ContentType">What that is.</param>
/// <param name="Fault">Looks at a complete answer of status 200 or 201: null when it is right, else what is wrong with it.</param>
internal sealed record LoadQuestion(
    LoadOperation Operation, string Path, byte[] Body, string ContentType, Func<JsonElement, string?> Fault);
