namespace FaceGrid.Cli.Galleries;

/// <summary>The body of <c>PUT /v1/galleries/{gallery}</c>; a null member is left out.</summary>
/// <param name="Contract">Binds the gallery.</param>
/// <param name="VerifyThreshold">Distance, 0 to 2.</param>
/// <param name="IdentifyThreshold">Distance, 0 to 2.</param>
/// <param name="Policy">What it promises.</param>
internal sealed record GalleryWrite(GalleryContract? Contract, double? VerifyThreshold, double? IdentifyThreshold, GalleryPolicyWrite? Policy = null);

/// <summary>What a gallery promises, each question by one rate, and what it keeps.</summary>
/// <param name="Verify">With <c>fmr</c>.</param>
/// <param name="Identify">With <c>fpir</c>.</param>
/// <param name="Enrolment">What it keeps of enrolled faces.</param>
internal sealed record GalleryPolicyWrite(PromiseWrite? Verify, PromiseWrite? Identify, EnrolmentWrite? Enrolment)
{
    /// <summary>The false match rate that a gallery promises when nobody has said another.</summary>
    public const double FmrDefault = 0.0001;

    /// <summary>The false positive identification rate likewise.</summary>
    public const double FpirDefault = 0.01;

    /// <summary>The largest false match rate that a grid lets a gallery promise.</summary>
    public const double FmrMax = 0.01;

    /// <summary>The largest false positive identification rate likewise.</summary>
    public const double FpirMax = 0.5;

    /// <summary>The policy of two rates.</summary>
    /// <param name="fmr">False match rate, or null.</param>
    /// <param name="fpir">False positive identification rate, or null.</param>
    /// <param name="crops">Whether cut-outs are kept, or null.</param>
    /// <returns>Null when there is nothing.</returns>
    public static GalleryPolicyWrite? Of(double? fmr, double? fpir, bool? crops = null) => fmr is null && fpir is null && crops is null
        ? null
        : new GalleryPolicyWrite(fmr is null ? null : new PromiseWrite(fmr, null), fpir is null ? null : new PromiseWrite(null, fpir), crops is null ? null : new EnrolmentWrite(crops.Value));
}

/// <summary>What a gallery keeps of enrolled faces.</summary>
/// <param name="Crops">True for aligned cut-outs.</param>
internal sealed record EnrolmentWrite(bool Crops);

/// <summary>One promised rate.</summary>
/// <param name="Fmr">False match rate.</param>
/// <param name="Fpir">False positive identification rate.</param>
internal sealed record PromiseWrite(double? Fmr, double? Fpir);
