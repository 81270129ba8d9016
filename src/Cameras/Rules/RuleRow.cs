using FaceGrid.Abstractions.Errors;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Cameras.Rules;

/// <summary>The row of a rule, which calls and the rule's loop write in turn.</summary>
/// <param name="rule">Rule id, for the log.</param>
/// <param name="row">The row.</param>
/// <param name="writing">Held while a row of the rule is written.</param>
/// <param name="pause">The pause between two attempts to write.</param>
/// <param name="onDoubt">Called when nobody knows what the row holds: the grain must be read anew.</param>
/// <param name="logger">Log.</param>
internal sealed partial class RuleRow(
    string rule, IPersistentState<RuleState> row, SemaphoreSlim writing, RetryPause pause, Action onDoubt, ILogger logger)
{
    /// <summary>What the row holds.</summary>
    public RuleState State => row.State;

    /// <summary>Writes the row for a caller, who learns of a failure.</summary>
    /// <param name="change">Changes the state.</param>
    /// <returns>When it is durable. Throws what the write throws; whether it was carried out is then not known.</returns>
    public async Task SaveAsync(Action<RuleState> change)
    {
        await writing.WaitAsync();
        try
        {
            change(row.State);
            await row.WriteStateAsync(CancellationToken.None);
        }
        catch
        {
            onDoubt(); // Nobody knows what the row holds; the next activation reads it.
            throw;
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>Writes the row for the loop, which does not go on before that has succeeded.</summary>
    /// <param name="change">Changes the state; called again at each attempt.</param>
    /// <param name="ending">The loop ends; a write that has begun is carried through, and is not repeated when it fails.</param>
    /// <returns>When it is durable.</returns>
    public async Task SaveUntilDoneAsync(Action<RuleState> change, CancellationToken ending)
    {
        await writing.WaitAsync(ending);
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                try
                {
                    if (attempt > 1)
                    {
                        // The write that failed may have been carried out, and is repeated over what it left.
                        await row.ReadStateAsync(CancellationToken.None);
                    }

                    change(row.State);
                    await row.WriteStateAsync(CancellationToken.None);
                    return;
                }
                catch (FaceGridException failure)
                    when (failure.Code is ErrorCodes.StorageUnavailable or ErrorCodes.Busy && !ending.IsCancellationRequested)
                {
                    LogNotWritten(logger, rule, failure);
                    await pause.WaitAsync(attempt, ending);
                }
            }
        }
        finally
        {
            writing.Release();
        }
    }

    [LoggerMessage(5, LogLevel.Warning, "The state of rule {Rule} could not be written; trying again")]
    private static partial void LogNotWritten(ILogger logger, string rule, Exception cause);
}
