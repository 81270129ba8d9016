using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Rules;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Cameras.Rules;

/// <summary>
/// The deliveries that a rule gave up. Only positions of events are kept, so that nothing of a person who is erased stays here.
/// </summary>
/// <param name="rule">Rule id, for the log.</param>
/// <param name="row">The row of the list.</param>
/// <param name="writing">Held while a row of the rule is written.</param>
/// <param name="pause">The pause between two attempts to write.</param>
/// <param name="logger">Log.</param>
internal sealed partial class DeadLetters(
    string rule, IPersistentState<RuleLettersState> row, SemaphoreSlim writing, RetryPause pause, ILogger logger)
{
    /// <summary>Most deliveries that are kept; the oldest is lost first.</summary>
    public const int LettersMax = 1_000;

    /// <summary>Whether the last write failed, so that nobody knows what the row holds.</summary>
    private bool _isDoubtful;

    /// <summary>How many there are.</summary>
    public int Count => row.State.Letters.Count;

    /// <summary>How many are lost because there were too many.</summary>
    public long Dropped => row.State.Dropped;

    /// <summary>The list as the row has it, oldest first.</summary>
    /// <returns>The list. Throws when the row is in doubt and cannot be written.</returns>
    public async Task<IReadOnlyList<DeadLetter>> ListAsync()
    {
        if (_isDoubtful)
        {
            await SaveAsync(static _ => { });
        }

        return row.State.Letters;
    }

    /// <summary>Finds a letter by its id; null when there is none.</summary>
    public async Task<DeadLetter?> FindAsync(string id) => (await ListAsync()).FirstOrDefault(letter => letter.Id == id);

    /// <summary>Removes a letter, if it is there.</summary>
    public Task RemoveAsync(string id) => SaveAsync(state => state.Letters.RemoveAll(letter => letter.Id == id));

    /// <summary>Notes that a letter was tried once more, in vain.</summary>
    /// <param name="letter">The letter as it was.</param>
    /// <param name="error">Why the attempt failed.</param>
    public Task NoteAttemptAsync(DeadLetter letter, string error) => SaveAsync(state =>
    {
        int index = state.Letters.FindIndex(other => other.Id == letter.Id);
        if (index >= 0)
        {
            state.Letters[index] = letter with { Attempts = letter.Attempts + 1, Error = error };
        }
    });

    /// <summary>Adds a letter for the rule's loop, which does not go on before that has succeeded.</summary>
    /// <param name="letter">The letter; one that is there already is not added again.</param>
    /// <param name="ending">The loop ends; the letter may not have been added.</param>
    /// <returns>When it is durable.</returns>
    public async Task AddUntilDoneAsync(DeadLetter letter, CancellationToken ending)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await SaveAsync(state => Add(state, letter));
                CameraMetrics.Deliveries.AddOne("given-up");
                LogGivenUp(logger, rule, letter.Attempts, letter.Error);
                return;
            }
            catch (FaceGridException failure) when (failure.Code is ErrorCodes.StorageUnavailable or ErrorCodes.Busy)
            {
                LogNotWritten(logger, rule, failure);
                await pause.WaitAsync(attempt, ending);
                ending.ThrowIfCancellationRequested();
            }
        }
    }

    private static void Add(RuleLettersState state, DeadLetter letter)
    {
        if (!state.Letters.Exists(other => other.Id == letter.Id))
        {
            state.Letters.Add(letter);
        }

        if (state.Letters.Count > LettersMax)
        {
            state.Letters.RemoveAt(0);
            state.Dropped++;
        }
    }

    private async Task SaveAsync(Action<RuleLettersState> change)
    {
        await writing.WaitAsync();
        try
        {
            if (_isDoubtful)
            {
                await row.ReadStateAsync(CancellationToken.None); // The write that failed may have been carried out.
            }

            _isDoubtful = true;
            change(row.State);
            await row.WriteStateAsync(CancellationToken.None);
            _isDoubtful = false;
        }
        finally
        {
            writing.Release();
        }
    }

    [LoggerMessage(3, LogLevel.Warning, "Rule {Rule} gave a delivery up after {Attempts} attempts. {Reason}")]
    private static partial void LogGivenUp(ILogger logger, string rule, int attempts, string reason);

    [LoggerMessage(6, LogLevel.Warning, "The dead letters of rule {Rule} could not be written; trying again")]
    private static partial void LogNotWritten(ILogger logger, string rule, Exception cause);
}
