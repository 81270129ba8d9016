using Microsoft.Extensions.Options;

namespace FaceGrid.Grains;

/// <summary>Checks <see cref="GridOptions"/> at start and reports all mistakes at once.</summary>
[OptionsValidator]
internal sealed partial class GridOptionsValidator : IValidateOptions<GridOptions>;
