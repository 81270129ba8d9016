namespace FaceGrid.Cli.Galleries;

/// <summary>The body of <c>PUT /v1/galleries/{gallery}</c>; a null member is left out.</summary>
/// <param name="Contract">Binds the gallery.</param>
/// <param name="VerifyThreshold">Distance, 0 to 2.</param>
/// <param name="IdentifyThreshold">Distance, 0 to 2.</param>
internal sealed record GalleryWrite(GalleryContract? Contract, double? VerifyThreshold, double? IdentifyThreshold);
