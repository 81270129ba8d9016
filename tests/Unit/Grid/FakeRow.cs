using FaceGrid.Grains.Storage;

namespace FaceGrid.Tests.Grid;

/// <summary>The row of a gallery in memory.</summary>
/// <param name="log">Takes a line per write.</param>
internal sealed class FakeRow(Action<string> log) : IPersistentState<GalleryState>
{
    /// <summary>What the next write throws, once; null for a write that works.</summary>
    public Exception? Failure { get; set; }

    public GalleryState State { get; set; } = new();

    public string Etag => "";

    public bool RecordExists { get; set; } = true;

    public Task ClearStateAsync()
    {
        (State, RecordExists) = (new GalleryState(), false);
        log("row is cleared");
        return Task.CompletedTask;
    }

    public Task WriteStateAsync()
    {
        if (Failure is { } failure)
        {
            Failure = null;
            throw failure;
        }

        RecordExists = true;
        log($"row says level {State.Level}, next {State.NextLevel?.ToString() ?? "none"}, revision {State.ContractRevision}");
        return Task.CompletedTask;
    }

    public Task ReadStateAsync() => Task.CompletedTask;
}
