using FaceGrid.Abstractions.Galleries;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.Galleries;

/// <summary>
/// A gallery's durable row and the map that is given out of it. A map says only what the row has said: it changes after the row is
/// written, and while a change of the map is under way nobody gets one. Used on the grain's scheduler only.
/// </summary>
/// <param name="row">The row; <see cref="RecordExists"/> is false while the gallery does not exist.</param>
/// <param name="abandon">Called when a write failed and nobody knows what the row holds: the grain has to read it again.</param>
internal sealed class GalleryRow(IPersistentState<GalleryState> row, Action abandon)
{
    private TaskCompletionSource? _withheld;
    private GalleryMap? _mapOfShards;

    /// <summary>What the row holds. Copy it to change it.</summary>
    public GalleryState State => row.State;

    /// <summary>Whether there is a row, even one that is being deleted.</summary>
    public bool RecordExists => row.RecordExists;

    /// <summary>Whether the gallery is being deleted.</summary>
    public bool IsDeleting => row is { RecordExists: true, State.Deleting: true };

    /// <summary>The map of this moment; null while the gallery does not exist or is being deleted.</summary>
    public GalleryMap? Map { get; private set; }

    /// <summary>The map as shards need it: they do not wait, and while maps are withheld they get the next one.</summary>
    public GalleryMap? MapOfShards => _mapOfShards ?? Map;

    /// <summary>The map, as soon as it may be given out.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The map, or null when the gallery does not exist.</returns>
    public async Task<GalleryMap?> GetMapAsync(CancellationToken cancellationToken)
    {
        while (_withheld is { } withheld)
        {
            await withheld.Task.WaitAsync(cancellationToken);
        }

        return Map;
    }

    /// <summary>Withholds the map from everybody but the shards while a change is made.</summary>
    /// <param name="next">What shards are told meanwhile.</param>
    /// <param name="change">The change. Where it fails, the map of before is given out again.</param>
    /// <returns>When maps are given out again.</returns>
    public async Task WithholdMapAsync(GalleryMap next, Func<Task> change)
    {
        _withheld = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _mapOfShards = next;
        try
        {
            await change();
        }
        finally
        {
            TaskCompletionSource withheld = _withheld;
            _withheld = null;
            _mapOfShards = null;
            withheld.SetResult();
        }
    }

    /// <summary>Makes a state durable, then the map that follows from it.</summary>
    /// <param name="next">The state.</param>
    /// <returns>When both are done.</returns>
    public async Task SaveAsync(GalleryState next)
    {
        row.State = next;
        try
        {
            await row.WriteStateAsync(CancellationToken.None);
        }
        catch
        {
            abandon(); // Nobody knows what the row holds; the next call reads it again.
            throw;
        }

        Publish();
    }

    /// <summary>Reads the row again, because something else may have changed it, and the map that follows from it.</summary>
    /// <param name="cancellationToken">Ends the reading; row and map stay as they are.</param>
    /// <returns>When done.</returns>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        await row.ReadStateAsync(cancellationToken);
        Publish();
    }

    /// <summary>Erases the row.</summary>
    /// <param name="cancellationToken">Ends the waiting; the row may be gone then.</param>
    /// <returns>When the gallery does not exist any more.</returns>
    public Task ClearAsync(CancellationToken cancellationToken) => row.ClearStateAsync(cancellationToken);

    /// <summary>Gives out the map that follows from the row.</summary>
    public void Publish() => Map = row is { RecordExists: true, State.Deleting: false } ? GalleryViews.MapOf(row.State) : null;
}
