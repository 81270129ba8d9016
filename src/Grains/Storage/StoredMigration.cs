using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Grains.Storage;

/// <summary>A gallery's migration to another model, as its row remembers it.</summary>
/// <param name="State">Filling, switched or finishing; "ready" is found out anew.</param>
/// <param name="From">The contract that it leaves.</param>
/// <param name="To">The contract to which it migrates.</param>
/// <param name="Other">
/// The contract that is not searched, with everything that belongs to it; while finishing, the one that is being erased.
/// </param>
/// <param name="StartedAt">UTC.</param>
[GenerateSerializer, Immutable]
[Alias("fg.gallery-move")]
public sealed record StoredMigration(
    [property: Id(0)] MigrationState State,
    [property: Id(1)] Contract From,
    [property: Id(2)] Contract To,
    [property: Id(3)] ContractSide Other,
    [property: Id(4)] DateTimeOffset StartedAt)
{
    /// <summary>The contract that is held and not searched; null while what is left of it is being erased.</summary>
    public Contract? Held => State == MigrationState.Finishing ? null : Other.Contract;
}
