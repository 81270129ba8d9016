namespace FaceGrid.Models;

/// <summary>How far a download is.</summary>
/// <param name="ProfileId">The profile whose file is downloaded.</param>
/// <param name="BytesDone">Bytes on disk so far, those of an earlier attempt included.</param>
/// <param name="BytesTotal">Length of the whole file in bytes, from the profile.</param>
public sealed record ModelDownloadProgress(string ProfileId, long BytesDone, long BytesTotal);
