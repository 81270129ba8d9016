namespace FaceGrid.Cameras.Rules;

/// <summary>A target did not take a delivery.</summary>
/// <param name="isLasting">True when another attempt would not help.</param>
/// <param name="reason">A sentence without names and secrets.</param>
/// <param name="inner">What was thrown, for logs.</param>
internal sealed class DeliveryException(bool isLasting, string reason, Exception? inner = null) : Exception(reason, inner)
{
    /// <summary>True when another attempt would not help.</summary>
    public bool IsLasting { get; } = isLasting;
}
