using System.Text.Json.Serialization;
using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Gateway.Galleries;

/// <summary>A gallery's migration to another model.</summary>
internal sealed record MigrationBody(
    string State,
    Contract From,
    Contract To,
    DateTimeOffset StartedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MigrationProgress? Progress)
{
    public static MigrationBody Of(MigrationInfo info) => new(
        info.State switch
        {
            MigrationState.Filling => "filling",
            MigrationState.Ready => "ready",
            MigrationState.Switched => "switched",
            _ => "finishing",
        },
        info.From,
        info.To,
        info.StartedAt,
        info.Progress);

    public static MigrationBody? OfNullable(MigrationInfo? info) => info is null ? null : Of(info);
}

/// <summary>The embedder that a gallery shall migrate to, and the thresholds for it.</summary>
internal sealed record MigrationRequestBody(string? Embedder, float? VerifyThreshold, float? IdentifyThreshold);

/// <summary>A page of people who have to be enrolled again.</summary>
internal sealed record LackingBody(LackingPerson[] People, string? Next);
