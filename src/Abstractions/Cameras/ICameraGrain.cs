using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using Orleans.Concurrency;

namespace FaceGrid.Abstractions.Cameras;

/// <summary>
/// A camera: its settings, and what it sees. Key: <see cref="KeyOf"/>. It lives on the node with the embedder role where it belongs, and
/// runs without being called.
/// </summary>
[Alias("fg.ICameraGrain")]
public interface ICameraGrain : IGrainWithStringKey
{
    /// <summary>
    /// The grain key of a camera, which is also the key of its row. For the prefix see <see cref="IGalleryGrain.KeyOf"/>.
    /// </summary>
    /// <param name="camera">Camera id.</param>
    /// <returns>The key.</returns>
    static string KeyOf(string camera) => "camera/" + camera;

    /// <summary>Makes the camera or changes its settings.</summary>
    /// <param name="change">What to change.</param>
    /// <param name="cancellationToken">Ends the wait; the change may be made all the same.</param>
    /// <returns>The camera after the change, and whether it was made.</returns>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.InvalidCamera"/>; <see cref="ErrorCodes.GalleryNotFound"/>; <see cref="ErrorCodes.TooManyCameras"/> where the
    /// nodes have no room for one more; <see cref="ErrorCodes.PadUnavailable"/> where live faces are required and the camera's node has no
    /// model that tells one.
    /// </exception>
    [Alias("Put")]
    Task<(CameraInfo Camera, bool Created)> PutAsync(CameraChange change, CancellationToken cancellationToken);

    /// <summary>Reads the camera with its status.</summary>
    /// <returns>The camera, or null when it does not exist.</returns>
    [Alias("Get")]
    [AlwaysInterleave]
    Task<CameraInfo?> GetAsync();

    /// <summary>Deletes the camera. Visits that are open end.</summary>
    /// <param name="cancellationToken">Ends the wait; the camera may be deleted all the same.</param>
    /// <returns>True when it existed.</returns>
    [Alias("Delete")]
    Task<bool> DeleteAsync(CancellationToken cancellationToken);

    /// <summary>Takes a frame. The newest frame wins: none is queued.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="cancellationToken">Ends the wait; the frame is looked at all the same.</param>
    /// <returns>What became of it.</returns>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.CameraNotFound"/>; <see cref="ErrorCodes.InvalidCamera"/> for a camera that is off or fetches its frames
    /// itself. A caller that waits also learns why the picture could not be read.
    /// </exception>
    [Alias("Push")]
    [ResponseTimeout("00:01:00")]
    [AlwaysInterleave]
    Task<FrameReceipt> PushAsync([Immutable] PushedFrame frame, CancellationToken cancellationToken);

    /// <summary>What the camera sees.</summary>
    /// <returns>The newest frame in numbers, or null when the camera does not exist.</returns>
    [Alias("View")]
    [AlwaysInterleave]
    Task<CameraView?> ViewAsync();

    /// <summary>The newest frame that was looked at.</summary>
    /// <returns>The frame; null before the first, and for a camera that does not exist.</returns>
    [Alias("Frame")]
    [AlwaysInterleave]
    Task<CameraPicture?> FrameAsync();

    /// <summary>Has the camera run, and starts it where it belongs.</summary>
    /// <returns>When it does what its settings say.</returns>
    [Alias("Run")]
    Task RunAsync();

    /// <summary>Leaves this node when the camera belongs on another one; it is started there at once.</summary>
    /// <returns>When the move is arranged.</returns>
    [Alias("Move")]
    Task MoveAsync();
}
