namespace FaceGrid.Abstractions.Cameras;

/// <summary>Stateless reader of the cameras' rows. Key: 0.</summary>
[Alias("fg.ICameraReaderGrain")]
public interface ICameraReaderGrain : IGrainWithIntegerKey
{
    /// <summary>Reads one page of cameras, by id; also those whose row is damaged (<see cref="CameraInfo.IsDamaged"/>).</summary>
    /// <param name="after">Id of the last camera of the page before, or null.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="cancellationToken">Ends the call; it changes nothing.</param>
    /// <returns>The page.</returns>
    [Alias("List")]
    Task<CameraPage> ListAsync(string? after, int limit, CancellationToken cancellationToken);
}
