using Orleans.Storage;

namespace FaceGrid.Grains.Storage;

/// <summary>
/// The one place where a database failure becomes <see cref="ErrorCodes.StorageUnavailable"/>. Wraps the Orleans ADO.NET provider,
/// whose exceptions are those of the database driver.
/// </summary>
/// <param name="inner">The provider.</param>
public sealed class CheckedGrainStorage(IGrainStorage inner) : IGrainStorage
{
    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        CheckAsync(inner.ReadStateAsync(stateName, grainId, grainState));

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        CheckAsync(inner.WriteStateAsync(stateName, grainId, grainState));

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        CheckAsync(inner.ClearStateAsync(stateName, grainId, grainState));

    private static async Task CheckAsync(Task operation)
    {
        try
        {
            await operation;
        }
        catch (Exception failure) when (failure is not FaceGridException and not InconsistentStateException) // On a conflict Orleans lets the activation go.
        {
            throw Unavailable(failure);
        }
    }

    // Without its cause: it crosses silos, and only storage knows that type.
    internal static FaceGridException Unavailable(Exception failure) =>
        new(ErrorCodes.StorageUnavailable, $"The database did not take the operation: {failure.Message}");
}
