using Microsoft.Extensions.Options;

namespace FaceGrid.Cameras.Placement;

/// <summary>Checks <see cref="CameraOptions"/> at start and reports all mistakes at once.</summary>
[OptionsValidator]
internal sealed partial class CameraOptionsValidator : IValidateOptions<CameraOptions>;
