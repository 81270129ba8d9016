using FaceGrid.Storage;
using Orleans.Storage;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Breaks an operation off at one of its writes, as a crash would: from that one on nothing is written until the trap is taken away. So a
/// test can break an operation off everywhere: at its first write, at its second, and so on until it comes through. Counts writes of
/// people, cut-outs and galleries. Safe for concurrent use.
/// </summary>
internal sealed class Trap
{
    private readonly Lock _gate = new();
    private int _seen;
    private int _at = int.MaxValue;
    private bool _after;

    /// <summary>Sets the trap.</summary>
    /// <param name="at">Index of the write that is not done any more.</param>
    /// <param name="after">True to do that one as the last, and to break off behind it: its answer is lost.</param>
    public void Set(int at, bool after)
    {
        lock (_gate)
        {
            (_seen, _at, _after) = (0, at, after);
        }
    }

    /// <summary>Takes the trap away.</summary>
    /// <returns>True when something was caught.</returns>
    public bool Remove()
    {
        lock (_gate)
        {
            bool caught = _seen > _at;
            _at = int.MaxValue;
            return caught;
        }
    }

    /// <summary>Writes, or breaks off.</summary>
    public async Task PassAsync(Func<Task> write)
    {
        (bool writes, bool breaks) = Next();
        if (writes)
        {
            await write();
        }

        if (breaks)
        {
            throw new StorageException(StorageReason.Locked, "as the test wishes");
        }
    }

    private (bool Writes, bool Breaks) Next()
    {
        lock (_gate)
        {
            int index = _seen++;
            return (index < _at || (index == _at && _after), index >= _at);
        }
    }
}

/// <summary>Grain storage with a trap at every write.</summary>
internal sealed class TrappedStorage(IGrainStorage inner, Trap trap) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.ReadStateAsync(stateName, grainId, grainState);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        trap.PassAsync(() => inner.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        trap.PassAsync(() => inner.ClearStateAsync(stateName, grainId, grainState));
}
