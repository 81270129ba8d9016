using FaceGrid.Abstractions.Errors;
using FaceGrid.Storage;
using Orleans.Serialization;
using Orleans.Storage;

namespace FaceGrid.Grains.Storage;

/// <summary>
/// The one place where a database failure becomes <see cref="ErrorCodes.StorageUnavailable"/>. Wraps the Orleans ADO.NET provider,
/// whose exceptions are those of the database driver.
/// </summary>
/// <param name="inner">The provider.</param>
/// <param name="rows">Deletes rows whose version the provider does not know.</param>
/// <param name="optional">States whose damaged rows are deleted.</param>
public sealed class CheckedGrainStorage(IGrainStorage inner, IGrainRows rows, IEnumerable<OptionalState> optional) : IGrainStorage
{
    private readonly HashSet<string> _optional = [.. optional.Select(state => state.Name)];

    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        CheckAsync(StorageOperation.Read, async () =>
        {
            try
            {
                await inner.ReadStateAsync(stateName, grainId, grainState);
            }
            catch (Exception damage) when (IsDamage(damage))
            {
                FaceGridException told = Damaged(stateName, grainId, damage);
                if (_optional.Contains(stateName))
                {
                    string key = grainId.Key.ToString()!;
                    await rows.DeleteRangeAsync(stateName, key, RowsByPrefix.JustAfter(key), CancellationToken.None);
                    (grainState.State, grainState.RecordExists, grainState.ETag) = (Activator.CreateInstance<T>(), false, null!);
                }
                else if (grainState is IGrainState<PersonState> person)
                {
                    // A person with a damaged row must still be erasable: the grain starts, and refuses everything else.
                    (person.State, person.RecordExists) = (PersonState.Unreadable, true);
                }
                else
                {
                    throw told;
                }
            }
        });

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        CheckAsync(StorageOperation.Write, () => inner.WriteStateAsync(stateName, grainId, grainState));

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        CheckAsync(StorageOperation.Clear, () => inner.ClearStateAsync(stateName, grainId, grainState));

    // Without its cause, which only storage knows; the provider has logged it.
    private static FaceGridException Damaged(string stateName, GrainId grainId, Exception cause)
    {
        GridMetrics.DamagedRows.Add(1);
        return new FaceGridException(
            ErrorCodes.RowDamaged,
            $"The row '{grainId.Key}' ({stateName}) is damaged ({cause.GetType().Name}): restore it from a backup, or delete it.");
    }

    /// <summary>
    /// Whether the bytes that were read are no state. The serializer says so in all these ways; the database and its driver throw none of
    /// them.
    /// </summary>
    private static bool IsDamage(Exception failure) => failure is SerializerException or IndexOutOfRangeException or ArgumentException
        or InvalidCastException or FormatException or OverflowException or EndOfStreamException or KeyNotFoundException
        or NullReferenceException;

    // A conflict passes as it is: Orleans then lets the activation go.
    private static Task CheckAsync(string operation, Func<Task> run) => StorageOperation.RunAsync(
        operation,
        async () =>
        {
            await run();
            return true;
        },
        static failure => failure is not FaceGridException and not InconsistentStateException);

    // Without its cause: the exception crosses silos, and only storage knows the type of the cause.
    internal static FaceGridException Unavailable(Exception failure) => failure is StorageException { Reason: StorageReason.Busy }
        ? new(ErrorCodes.Busy, failure.Message)
        : new(ErrorCodes.StorageUnavailable, $"The database did not take the operation: {failure.Message}");
}
