using System.Collections.Concurrent;

namespace FaceGrid.Cameras.Placement;

/// <summary>The cameras that are on this silo now. Safe for concurrent use.</summary>
public sealed class LocalCameras
{
    private readonly ConcurrentDictionary<string, byte> _cameras = new(StringComparer.Ordinal);

    /// <summary>Their ids at this moment.</summary>
    public IEnumerable<string> Cameras => _cameras.Keys;

    /// <summary>A camera has come.</summary>
    public void Add(string camera) => _cameras[camera] = 0;

    /// <summary>A camera has left.</summary>
    public void Remove(string camera) => _cameras.TryRemove(camera, out _);
}
