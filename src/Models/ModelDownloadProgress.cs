namespace FaceGrid.Models;

/// <summary>The progress of a download.</summary>
/// <param name="ProfileId">The profile whose file is downloaded.</param>
/// <param name="BytesDone">Bytes on disk so far, including those of an earlier attempt.</param>
/// <param name="BytesTotal">Length of the whole file in bytes, from the profile.</param>
public sealed record ModelDownloadProgress(string ProfileId, long BytesDone, long BytesTotal);
