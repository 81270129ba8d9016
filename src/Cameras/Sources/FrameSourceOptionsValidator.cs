using Microsoft.Extensions.Options;

namespace FaceGrid.Cameras.Sources;

/// <summary>Checks <see cref="FrameSourceOptions"/> at start and reports all mistakes at once.</summary>
[OptionsValidator]
internal sealed partial class FrameSourceOptionsValidator : IValidateOptions<FrameSourceOptions>;
