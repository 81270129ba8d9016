namespace FaceGrid.Client;

/// <summary>What a gallery promises, each question by one rate, and what it keeps.</summary>
/// <param name="Verify">With <c>fmr</c>.</param>
/// <param name="Identify">With <c>fpir</c>.</param>
/// <param name="Enrolment">What it keeps of enrolled faces.</param>
public sealed record GalleryPolicyWrite(PromiseWrite? Verify = null, PromiseWrite? Identify = null, EnrolmentWrite? Enrolment = null)
{
    /// <summary>The false match rate that a gallery promises unless another is set.</summary>
    public const double FmrDefault = 0.0001;

    /// <summary>The false positive identification rate that a gallery promises unless another is set.</summary>
    public const double FpirDefault = 0.01;

    /// <summary>The largest false match rate that a grid lets a gallery promise.</summary>
    public const double FmrMax = 0.01;

    /// <summary>The largest false positive identification rate that a grid lets a gallery promise.</summary>
    public const double FpirMax = 0.5;

    /// <summary>The policy of two rates.</summary>
    /// <param name="fmr">False match rate, or null.</param>
    /// <param name="fpir">False positive identification rate, or null.</param>
    /// <param name="crops">Whether aligned cut-outs are kept, or null.</param>
    /// <returns>Null when all three are.</returns>
    public static GalleryPolicyWrite? Of(double? fmr, double? fpir, bool? crops = null) => fmr is null && fpir is null && crops is null
        ? null
        : new GalleryPolicyWrite(
            fmr is null ? null : new PromiseWrite(fmr, Fpir: null),
            fpir is null ? null : new PromiseWrite(Fmr: null, fpir),
            crops is { } keep ? new EnrolmentWrite(keep) : null);
}
