namespace FaceGrid.Cli.Bench;

/// <summary>How long a model takes.</summary>
/// <param name="Profile">The profile's id.</param>
/// <param name="Kind">Detector or embedder.</param>
/// <param name="Bytes">Length of its file.</param>
/// <param name="Milliseconds">Of one run; each round's median is one value.</param>
internal sealed record ModelTime(string Profile, string Kind, long Bytes, Spread Milliseconds);
