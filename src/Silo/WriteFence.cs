using FaceGrid.Storage.Postgres;

namespace FaceGrid.Silo;

/// <summary>Tells the database which silo writes, before the first grain starts: see <see cref="PostgresDatabase.ActFor"/>.</summary>
/// <param name="database">The cluster's database.</param>
/// <param name="self">This node.</param>
internal sealed class WriteFence(PostgresDatabase database, ILocalSiloDetails self) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => observer.Subscribe<WriteFence>(ServiceLifecycleStage.First, _ =>
    {
        database.ActFor(self.SiloAddress.Endpoint.Address.ToString(), self.SiloAddress.Endpoint.Port, self.SiloAddress.Generation);
        return Task.CompletedTask;
    });
}
