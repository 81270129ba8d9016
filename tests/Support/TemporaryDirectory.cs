namespace FaceGrid.Tests.Support;

/// <summary>A directory that is deleted at the end of a test.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    /// <summary>Creates the directory.</summary>
    public TemporaryDirectory()
    {
        Path = Directory.CreateTempSubdirectory("facegrid-test-").FullName;
    }

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
