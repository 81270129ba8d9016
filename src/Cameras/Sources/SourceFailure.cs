namespace FaceGrid.Cameras.Sources;

/// <summary>Why a camera does not deliver, in words an operator can act on. It never leaves its source.</summary>
internal sealed class SourceFailure(string words) : Exception(words);
