using FaceGrid.Abstractions.Errors;

namespace FaceGrid.Abstractions.Rules;

/// <summary>
/// A rule at work: it reads the events of the grid in their order, from where it left off, and publishes those that fit to its target, one
/// after the other. Key: <see cref="KeyOf"/>. All methods throw <see cref="FaceGridException"/> with
/// <see cref="ErrorCodes.StorageUnavailable"/>, and with the codes that each names.
/// </summary>
[Alias("fg.IRuleGrain")]
public interface IRuleGrain : IGrainWithStringKey
{
    /// <summary>The key of a rule.</summary>
    /// <param name="rule">Rule id, <c>[a-z0-9-]{1,64}</c>.</param>
    /// <returns>The key.</returns>
    static string KeyOf(string rule) => "rule/" + rule;

    /// <summary>Makes the rule, or replaces its settings. A new rule begins with the next event.</summary>
    /// <param name="settings">All settings.</param>
    /// <param name="cancellationToken">Ends the wait; the settings may be written all the same.</param>
    /// <returns>The rule.</returns>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.InvalidRule"/>, naming all mistakes; <see cref="ErrorCodes.TooManyRules"/>.
    /// </exception>
    [Alias("Put")]
    Task<(RuleInfo Rule, bool Created)> PutAsync(RuleSettings settings, CancellationToken cancellationToken);

    /// <summary>Reads the rule and how it is doing.</summary>
    /// <param name="cancellationToken">Ends the wait for the database; the call changes nothing.</param>
    /// <returns>The rule, or null.</returns>
    [Alias("Get")]
    Task<RuleInfo?> GetAsync(CancellationToken cancellationToken);

    /// <summary>Deletes the rule; nothing is published any more when it returns.</summary>
    /// <param name="cancellationToken">Ends the wait; the rule may be deleted all the same.</param>
    /// <returns>False when there was none.</returns>
    [Alias("Delete")]
    Task<bool> DeleteAsync(CancellationToken cancellationToken);

    /// <summary>Lists deliveries that were given up, oldest first.</summary>
    /// <returns>At most 1,000.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.RuleNotFound"/>.</exception>
    [Alias("ListDeadLetters")]
    Task<DeadLetter[]> ListDeadLettersAsync();

    /// <summary>Tries a delivery once more, with the rule's present target, and forgets it when the target takes it.</summary>
    /// <param name="id">Id of the delivery.</param>
    /// <param name="cancellationToken">Ends the wait; the target may have taken it, and it stays in the list.</param>
    /// <returns>When the target has taken it.</returns>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.RuleNotFound"/>; <see cref="ErrorCodes.DeadLetterNotFound"/>, also when its sighting has been erased;
    /// <see cref="ErrorCodes.DeliveryFailed"/>.
    /// </exception>
    [Alias("RetryDeadLetter")]
    [ResponseTimeout("00:01:00")]
    Task RetryDeadLetterAsync(string id, CancellationToken cancellationToken);

    /// <summary>Forgets a delivery that was given up.</summary>
    /// <param name="id">Id of the delivery.</param>
    /// <param name="cancellationToken">Ends the wait; it may be forgotten all the same.</param>
    /// <returns>When it is forgotten, also when there was none.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.RuleNotFound"/>.</exception>
    [Alias("DropDeadLetter")]
    Task DropDeadLetterAsync(string id, CancellationToken cancellationToken);

    /// <summary>Has the rule in memory, where it works by itself.</summary>
    /// <returns>When it is.</returns>
    [Alias("Wake")]
    Task WakeAsync();
}
