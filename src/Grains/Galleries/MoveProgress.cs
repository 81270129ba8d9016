using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Grains.Galleries;

/// <summary>What passes over a gallery have found since its last turn.</summary>
/// <param name="Report">The last complete pass, or while the first is under way what it found so far.</param>
/// <param name="Passed">True once a pass has come to its end.</param>
/// <param name="Complete">True when the last pass found nothing more that could be made.</param>
internal sealed record MoveProgress(MigrationProgress Report, bool Passed, bool Complete);
