namespace FaceGrid.Cameras.Rules;

/// <summary>The target of a rule. It gets one delivery at a time; the rule disposes it.</summary>
internal interface IRuleTarget : IAsyncDisposable
{
    /// <summary>Delivers once.</summary>
    /// <param name="delivery">The delivery.</param>
    /// <param name="cancellationToken">Stops waiting; the target may have taken it.</param>
    /// <returns>When the target has taken it.</returns>
    /// <exception cref="DeliveryException">The target has not taken it, as far as can be told.</exception>
    Task DeliverAsync(Delivery delivery, CancellationToken cancellationToken);
}
