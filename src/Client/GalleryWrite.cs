namespace FaceGrid.Client;

/// <summary>The body of <c>PUT /v1/galleries/{gallery}</c>. What is null stays as it is.</summary>
/// <param name="Contract">Binds the gallery.</param>
/// <param name="VerifyThreshold">Distance, 0 to 2.</param>
/// <param name="IdentifyThreshold">Distance, 0 to 2.</param>
/// <param name="Policy">What it promises.</param>
public sealed record GalleryWrite(
    GalleryContract? Contract = null,
    double? VerifyThreshold = null,
    double? IdentifyThreshold = null,
    GalleryPolicyWrite? Policy = null);
