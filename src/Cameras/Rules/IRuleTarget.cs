namespace FaceGrid.Cameras.Rules;

/// <summary>Whom a rule tells. Called for one delivery at a time; disposed by the rule.</summary>
internal interface IRuleTarget : IAsyncDisposable
{
    /// <summary>Tells once.</summary>
    /// <param name="delivery">What.</param>
    /// <param name="cancellationToken">Gives up; the target may have taken it.</param>
    /// <returns>When the target has taken it.</returns>
    /// <exception cref="DeliveryException">It has not, as far as can be told.</exception>
    Task DeliverAsync(Delivery delivery, CancellationToken cancellationToken);
}
