namespace FaceGrid.Load.Engine;

/// <summary>How long a model takes for a batch.</summary>
/// <param name="Profile">The profile's id.</param>
/// <param name="Kind">Detector, embedder or PAD model.</param>
/// <param name="Provider">Where it ran: <c>cpu</c> (one thread), <c>cuda</c> or <c>tensorrt</c>.</param>
/// <param name="Batch">Faces, or pictures of a detector, in one run.</param>
/// <param name="Milliseconds">Milliseconds of one run; each round's median is one value.</param>
/// <param name="PerSecond">Faces or pictures per second at the median.</param>
/// <param name="FastestPerSecond">
/// Faces or pictures per second in the fastest run of all. This is the model's speed when nothing else needs the processor.
/// </param>
internal sealed record BatchTime(
    string Profile, string Kind, string Provider, int Batch, Spread Milliseconds, double PerSecond, double FastestPerSecond);
