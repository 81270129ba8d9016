using System.Runtime.CompilerServices;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Storage;
using Orleans.Storage;

namespace FaceGrid.Tests.Grid;

/// <summary>Rows that fail when told to.</summary>
internal sealed class FaultyRows(IGrainRows inner, Trap trap) : IGrainRows
{
    /// <summary>Method names that fail now.</summary>
    public HashSet<string> Failing { get; } = [];

    public async IAsyncEnumerable<GrainRow> ReadRangeAsync(
        string stateName, string fromKey, string toKey, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Check();
        await foreach (GrainRow row in inner.ReadRangeAsync(stateName, fromKey, toKey, cancellationToken))
        {
            yield return row;
        }
    }

    public Task<GrainRow?> ReadAsync(string stateName, string key, CancellationToken cancellationToken)
    {
        Check();
        return inner.ReadAsync(stateName, key, cancellationToken);
    }

    public Task<long> CountAsync(string stateName, string fromKey, string toKey, CancellationToken cancellationToken) =>
        inner.CountAsync(stateName, fromKey, toKey, cancellationToken);

    public async Task<long> DeleteRangeAsync(string stateName, string fromKey, string toKey, CancellationToken cancellationToken)
    {
        Check();
        long deleted = 0;
        await trap.PassAsync(async () => deleted = await inner.DeleteRangeAsync(stateName, fromKey, toKey, cancellationToken));
        return deleted;
    }

    public async Task EraseFreePagesAsync(CancellationToken cancellationToken)
    {
        Check();
        await trap.PassAsync(() => inner.EraseFreePagesAsync(cancellationToken));
    }

    private void Check([CallerMemberName] string method = "")
    {
        if (Failing.Contains(method))
        {
            throw new StorageException(StorageReason.Locked, "as the test wishes");
        }
    }
}

/// <summary>Which write of grain state fails next, once; shared by the silos of a grid.</summary>
internal sealed class WriteFaults
{
    /// <summary>Name of a state whose next write is carried out and not answered; null for none.</summary>
    public string? Unanswered { get; set; }

    /// <summary>Name of a state whose next write is not carried out; null for none.</summary>
    public string? Refused { get; set; }
}

/// <summary>Grain state whose writes fail when told to.</summary>
internal sealed class FaultyStorage(IGrainStorage inner, WriteFaults faults) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.ReadStateAsync(stateName, grainId, grainState);

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (faults.Refused == stateName)
        {
            faults.Refused = null;
            throw Away();
        }

        if (faults.Unanswered == stateName)
        {
            // The grain does not learn the new version.
            await inner.WriteStateAsync(
                stateName, grainId, new GrainState<T>(grainState.State, grainState.ETag) { RecordExists = grainState.RecordExists });
            faults.Unanswered = null;
            throw Away();
        }

        await inner.WriteStateAsync(stateName, grainId, grainState);
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.ClearStateAsync(stateName, grainId, grainState);

    private static FaceGridException Away() => new(ErrorCodes.StorageUnavailable, "as the test wishes");
}

/// <summary>Lets calls to grains fail when told to.</summary>
internal sealed class Interference : IIncomingGrainCallFilter
{
    /// <summary>Names of grain methods that throw now instead of running.</summary>
    public HashSet<string> Failing { get; } = [];

    /// <summary>Calls that throw what no caller is prepared for; null for none.</summary>
    public Func<IIncomingGrainCallContext, bool>? Broken { get; set; }

    /// <summary>A grain method whose calls wait until the task ends.</summary>
    public (string Method, Task Until)? Held { get; set; }

    /// <summary>A grain method and what it answers in place of its own result.</summary>
    public (string Method, object Result)? Answered { get; set; }

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (Failing.Contains(context.MethodName))
        {
            throw new TimeoutException("as the test wishes");
        }

        if (Broken?.Invoke(context) == true)
        {
            throw new InvalidOperationException("as the test wishes");
        }

        if (Held is { } held && held.Method == context.MethodName)
        {
            await held.Until;
        }

        await context.Invoke();
        if (Answered is { } answered && answered.Method == context.MethodName)
        {
            context.Result = answered.Result;
        }
    }
}
