namespace FaceGrid.Abstractions.Errors;

/// <summary>
/// Tells failures of the grid that pass by themselves from those that do not: the one rule of grains, cameras and gateway.
/// </summary>
public static class TransientFailures
{
    /// <summary>True when the call may be tried again: a node was leaving, gone or slow, or the database was away.</summary>
    /// <param name="failure">What the call threw.</param>
    /// <param name="cancellationToken">The caller's own token: once it is cancelled, nothing is tried again.</param>
    /// <returns>True to try again.</returns>
    public static bool Includes(Exception failure, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested
        && (IsOfTransport(failure) || failure is FaceGridException { Code: ErrorCodes.StorageUnavailable });

    /// <summary>
    /// True when the call did not get through, or its answer did not come: another attempt, or another node, can cure that. A call that
    /// was under way on a node that dies may end as a cancellation that nobody asked for, and two writers of one row make one of them fail.
    /// </summary>
    /// <param name="failure">What the call threw.</param>
    /// <returns>False for answers of the grid (<see cref="FaceGridException"/>) and for <see cref="IsBusy"/>.</returns>
    public static bool IsOfTransport(Exception failure) =>
        failure is TimeoutException or OperationCanceledException or (OrleansException and not FaceGridException) && !IsBusy(failure);

    /// <summary>True when the grid refused because it has too much to do. To try again at once would make that worse.</summary>
    /// <param name="failure">What the call threw.</param>
    /// <returns>True for Orleans' own limits and for <see cref="ErrorCodes.Busy"/>.</returns>
    public static bool IsBusy(Exception failure) =>
        failure is LimitExceededException or GatewayTooBusyException or FaceGridException { Code: ErrorCodes.Busy };
}
