using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Grains.Galleries;

/// <summary>What passes over a gallery's people have found since its contracts last changed.</summary>
/// <param name="Progress">The last complete pass, or while the first is under way what it found so far.</param>
/// <param name="Passed">True once a pass has come to its end.</param>
/// <param name="Complete">True when the last pass found nothing more that could be made.</param>
internal sealed record MigrationReport(MigrationProgress Progress, bool Passed, bool Complete);
