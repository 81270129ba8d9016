using FaceGrid.Abstractions.Errors;
using Orleans.Runtime.Messaging;
using Orleans.Storage;

namespace FaceGrid.Grains.Cluster;

/// <summary>Tells failures of the grid that pass by themselves from those that do not.</summary>
internal static class TransientFailures
{
    /// <summary>True when the call may be tried again: the silo was going, gone or slow, or the database was away.</summary>
    /// <param name="failure">What the call threw.</param>
    /// <param name="cancellationToken">The caller's own token: its cancellation is not transient.</param>
    /// <returns>True to retry.</returns>
    public static bool Includes(Exception failure, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested
        && failure is SiloUnavailableException or OrleansMessageRejectionException or ConnectionFailedException or TimeoutException
            or OperationCanceledException or InconsistentStateException or FaceGridException { Code: ErrorCodes.StorageUnavailable };
}
