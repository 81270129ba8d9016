namespace FaceGrid.Tests.Rules;

/// <summary>A row in memory whose next writes fail as the test says.</summary>
internal sealed class MemoryRow<T> : IPersistentState<T>
    where T : new()
{
    /// <summary>Thrown by the next writes, one each; null for a write that succeeds.</summary>
    public Queue<Exception?> Failures { get; } = [];

    /// <summary>Makes what the row holds, for a read.</summary>
    public Func<T> Stored { get; set; } = () => new T();

    public int Reads { get; private set; }

    public int Writes { get; private set; }

    /// <summary>Called before each write.</summary>
    public Action OnWrite { get; set; } = static () => { };

    public T State { get; set; } = new();

    public string Etag => "";

    public bool RecordExists => Writes > 0;

    public Task ReadStateAsync()
    {
        Reads++;
        State = Stored();
        return Task.CompletedTask;
    }

    public Task WriteStateAsync()
    {
        OnWrite();
        if (Failures.TryDequeue(out Exception? failure) && failure is not null)
        {
            return Task.FromException(failure);
        }

        Writes++;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync() => throw new NotSupportedException();

    public Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();

    public Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

    public Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();
}
