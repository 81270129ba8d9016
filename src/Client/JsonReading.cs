using System.Text.Json;

namespace FaceGrid.Client;

/// <summary>Reads members of the grid's answers. A missing member and a null are the same, so an older or newer grid is no error.</summary>
public static class JsonReading
{
    /// <summary>Finds a member.</summary>
    /// <param name="element">Any element.</param>
    /// <param name="name">The member's name.</param>
    /// <returns>The member, or null where there is none, or where it is null.</returns>
    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out JsonElement member)
        && member.ValueKind != JsonValueKind.Null
            ? member
            : null;

    /// <summary>Reads a text.</summary>
    /// <param name="element">Any element.</param>
    /// <param name="name">The member's name.</param>
    /// <returns>The text, or null.</returns>
    public static string? Text(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } member ? member.GetString() : null;

    /// <summary>Reads a number.</summary>
    /// <param name="element">Any element.</param>
    /// <param name="name">The member's name.</param>
    /// <returns>The number, or null.</returns>
    public static double? Number(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Number } member ? member.GetDouble() : null;

    /// <summary>Reads a truth value.</summary>
    /// <param name="element">Any element.</param>
    /// <param name="name">The member's name.</param>
    /// <returns>True only where the member is true.</returns>
    public static bool Flag(this JsonElement element, string name) => element.Member(name) is { ValueKind: JsonValueKind.True };

    /// <summary>Reads a list.</summary>
    /// <param name="element">Any element.</param>
    /// <param name="name">The member's name.</param>
    /// <returns>Its items; empty where there is none.</returns>
    public static IReadOnlyList<JsonElement> Items(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Array } member ? [.. member.EnumerateArray()] : [];
}
