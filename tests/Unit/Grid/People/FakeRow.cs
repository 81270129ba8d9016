using FaceGrid.Grains.Storage;
using FaceGrid.Storage;

namespace FaceGrid.Tests.Grid.People;

/// <summary>A row that fails when told to, and what is stored of it.</summary>
internal sealed class FakeRow : IPersistentState<PersonState>
{
    /// <summary>What is stored; null for no row.</summary>
    public PersonState? Stored { get; set; }

    /// <summary>True to fail the next write: after it was done, when <see cref="LosesAnswer"/>.</summary>
    public bool FailsWrite { get; set; }

    public bool FailsRead { get; set; }

    public bool LosesAnswer { get; set; }

    public PersonState State { get; set; } = new();

    public string Etag => "";

    public bool RecordExists { get; private set; }

    public static FakeRow Of(PersonState? state)
    {
        var row = new FakeRow { Stored = state };
        row.Read();
        return row;
    }

    public Task ReadStateAsync() => ReadStateAsync(CancellationToken.None);

    public Task WriteStateAsync() => WriteStateAsync(CancellationToken.None);

    public Task ClearStateAsync() => ClearStateAsync(CancellationToken.None);

    public Task ReadStateAsync(CancellationToken cancellationToken)
    {
        if (FailsRead)
        {
            throw new StorageException(StorageReason.Locked, "as the test wishes");
        }

        Read();
        return Task.CompletedTask;
    }

    public Task WriteStateAsync(CancellationToken cancellationToken) => Change(State.Copy());

    public Task ClearStateAsync(CancellationToken cancellationToken) => Change(null);

    private Task Change(PersonState? state)
    {
        if (FailsWrite && !LosesAnswer)
        {
            throw new StorageException(StorageReason.Locked, "as the test wishes");
        }

        Stored = state;
        if (FailsWrite)
        {
            throw new StorageException(StorageReason.Locked, "as the test wishes");
        }

        Read();
        return Task.CompletedTask;
    }

    private void Read() => (State, RecordExists) = (Stored?.Copy() ?? new PersonState(), Stored is not null);
}

/// <summary>Rows of which only the erasure of free pages is asked.</summary>
internal sealed class NoRows : IGrainRows
{
    public int Erasures { get; private set; }

    public IAsyncEnumerable<GrainRow> ReadRangeAsync(string stateName, string fromKey, string toKey, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<GrainRow?> ReadAsync(string stateName, string key, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<long> CountAsync(string stateName, string fromKey, string toKey, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<long> DeleteRangeAsync(string stateName, string fromKey, string toKey, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task EraseFreePagesAsync(CancellationToken cancellationToken)
    {
        Erasures++;
        return Task.CompletedTask;
    }
}
