namespace FaceGrid.Load.Engine;

/// <summary>How long a model takes.</summary>
/// <param name="Profile">The profile's id.</param>
/// <param name="Kind">Detector or embedder.</param>
/// <param name="Bytes">Length of its file.</param>
/// <param name="Milliseconds">Milliseconds of one run; each round's median is one value.</param>
/// <param name="Fastest">Milliseconds of the fastest run of all. This is the model's time when nothing else needs the processor.</param>
internal sealed record ModelTime(string Profile, string Kind, long Bytes, Spread Milliseconds, double Fastest);
