namespace FaceGrid.Abstractions.Policies;

/// <summary>What a gallery's thresholds promise. A question that is null is left as it is.</summary>
/// <param name="Verify">A false match rate, or null.</param>
/// <param name="Identify">A false positive identification rate, or null.</param>
[GenerateSerializer, Immutable]
[Alias("fg.gallery-policy")]
public sealed record GalleryPolicy(
    [property: Id(0)] Promise? Verify,
    [property: Id(1)] Promise? Identify)
{
    /// <summary>The largest false match rate that may be promised.</summary>
    public const double FmrMax = 0.01;

    /// <summary>
    /// The largest false positive identification rate that may be promised: comparisons of one probe are not independent enough for more.
    /// </summary>
    public const double FpirMax = 0.5;

    /// <summary>
    /// What a gallery promises when its policy names nothing and its embedder is calibrated: one wrong match in 10,000 comparisons with a
    /// claimed person, and one stranger in a hundred taken for somebody, however many people there are.
    /// </summary>
    public static readonly GalleryPolicy Default = new(new Promise(Fmr: 1e-4), new Promise(Fpir: 0.01));

    /// <summary>Says what is wrong with a policy, for callers.</summary>
    /// <returns>A sentence, or null when it can be kept.</returns>
    public string? Mistake() =>
        Verify is { } verify && (verify.Fpir is not null || verify.Fmr is not (> 0 and <= FmrMax))
            ? $"policy.verify promises an fmr above 0 and at most {FmrMax}, and nothing else."
        : Identify is { } identify && (identify.Fmr is not null || identify.Fpir is not (> 0 and <= FpirMax))
            ? $"policy.identify promises an fpir above 0 and at most {FpirMax}, and nothing else."
        : null;
}
