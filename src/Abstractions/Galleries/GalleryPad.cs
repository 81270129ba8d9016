namespace FaceGrid.Abstractions.Galleries;

/// <summary>
/// A gallery's policy against presentation attacks. A null member sets nothing, which means <see cref="PadPolicy.Report"/>.
/// </summary>
/// <param name="Verify">For verify.</param>
/// <param name="Identify">For identify.</param>
/// <param name="Enrol">For enrolment, bulk and by embedding included.</param>
[GenerateSerializer, Immutable]
[Alias("fg.gallery-pad")]
public sealed record GalleryPad(
    [property: Id(0)] PadPolicy? Verify,
    [property: Id(1)] PadPolicy? Identify,
    [property: Id(2)] PadPolicy? Enrol)
{
    /// <summary>This policy with what another sets.</summary>
    /// <param name="before">What is kept where this one is null.</param>
    /// <returns>Both in one.</returns>
    public GalleryPad Over(GalleryPad? before) => new(Verify ?? before?.Verify, Identify ?? before?.Identify, Enrol ?? before?.Enrol);
}
