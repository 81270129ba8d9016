using Microsoft.Extensions.Options;

namespace FaceGrid.Cameras.Sightings;

/// <summary>Checks <see cref="SightingOptions"/> at start and reports all mistakes at once.</summary>
[OptionsValidator]
internal sealed partial class SightingOptionsValidator : IValidateOptions<SightingOptions>;
