namespace FaceGrid.Cli.Galleries;

/// <summary>A person that was not imported.</summary>
/// <param name="Person">The person's id.</param>
/// <param name="Code">The grid's code.</param>
/// <param name="Detail">One sentence.</param>
internal sealed record GalleryImportFailure(string Person, string Code, string Detail);
