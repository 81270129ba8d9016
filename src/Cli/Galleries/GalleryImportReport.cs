namespace FaceGrid.Cli.Galleries;

/// <summary>The result of an import.</summary>
/// <param name="File">The file.</param>
/// <param name="Gallery">The gallery.</param>
/// <param name="People">People in the file.</param>
/// <param name="Created">People who were new.</param>
/// <param name="Updated">People who were there.</param>
/// <param name="NotYetSearchable">People who are stored and not yet searchable; the grid finishes by itself. They count as created.</param>
/// <param name="Skipped">People whom an earlier, interrupted run had imported.</param>
/// <param name="Policy">
/// What became of the file's thresholds and policy: <c>applied</c>; <c>left-alone</c>, because the gallery was there before or
/// <c>--policy never</c> was asked for; or <c>none</c>, because it has none.
/// </param>
/// <param name="Seconds">Time spent.</param>
/// <param name="Failures">Everybody who was refused, also by an earlier, interrupted run.</param>
internal sealed record GalleryImportReport(
    string File,
    string Gallery,
    long People,
    long Created,
    long Updated,
    long NotYetSearchable,
    long Skipped,
    string Policy,
    double Seconds,
    IReadOnlyList<GalleryImportFailure> Failures);
