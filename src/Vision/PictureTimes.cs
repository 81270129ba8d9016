namespace FaceGrid.Vision;

/// <summary>Where the time of one picture went.</summary>
/// <param name="Wait">Until a thread was free.</param>
/// <param name="Decode">Decoding.</param>
/// <param name="Detect">Finding faces.</param>
/// <param name="Embed">Aligning, measuring, judging and embedding them, the wait for a shared run of the model included.</param>
public readonly record struct PictureTimes(TimeSpan Wait, TimeSpan Decode, TimeSpan Detect, TimeSpan Embed);
