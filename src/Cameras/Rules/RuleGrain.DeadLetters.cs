using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Rules;

namespace FaceGrid.Cameras.Rules;

// Deliveries that were given up. Only positions of events are kept, so that nothing of somebody who is erased stays here.
internal sealed partial class RuleGrain
{
    private const int LettersMax = 1_000;

    /// <summary>Whether the last write failed, so that nobody knows what the row holds.</summary>
    private bool _lettersDoubtful;

    /// <inheritdoc/>
    public async Task<DeadLetter[]> ListDeadLettersAsync()
    {
        Require();
        return [.. await LettersAsync()];
    }

    /// <inheritdoc/>
    public async Task RetryDeadLetterAsync(string id, CancellationToken cancellationToken)
    {
        Require();
        DeadLetter letter = (await LettersAsync()).Find(letter => letter.Id == id) ?? throw NoLetter();
        if (await FindAsync(letter.Position, cancellationToken) is not { } told)
        {
            await SaveLettersAsync(state => state.Letters.RemoveAll(other => other.Id == id));
            throw NoLetter();
        }

        try
        {
            await using IRuleTarget target = targets.Create(row.State.Settings); // Beside the loop, which may be waiting for its own.
            await target.DeliverAsync(Delivery(told, letter.Moment), cancellationToken);
        }
        catch (DeliveryException failure)
        {
            await SaveLettersAsync(state => Replace(state.Letters, letter with { Attempts = letter.Attempts + 1, Error = failure.Message }));
            throw new FaceGridException(ErrorCodes.DeliveryFailed, failure.Message, innerException: null); // Without its cause: it crosses silos, and only rules know that type.
        }

        CameraMetrics.Deliveries.AddOne("delivered");
        await SaveLettersAsync(state => state.Letters.RemoveAll(other => other.Id == id));
    }

    /// <inheritdoc/>
    public async Task DropDeadLetterAsync(string id, CancellationToken cancellationToken)
    {
        Require();
        if ((await LettersAsync()).Exists(letter => letter.Id == id))
        {
            await SaveLettersAsync(state => state.Letters.RemoveAll(letter => letter.Id == id));
        }
    }

    /// <summary>Adds to the list, for the loop, which does not go on before that has succeeded.</summary>
    private async Task BuryAsync(DeadLetter letter, CancellationToken ending)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await SaveLettersAsync(state =>
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
                });
                CameraMetrics.Deliveries.AddOne("given-up");
                LogGivenUp(logger, _id, letter.Attempts, letter.Error);
                return;
            }
            catch (FaceGridException failure) when (failure.Code is ErrorCodes.StorageUnavailable or ErrorCodes.Busy)
            {
                LogFailed(logger, _id, failure);
                await PauseAsync(attempt, ending);
                ending.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>The list, as the row has it.</summary>
    private async Task<List<DeadLetter>> LettersAsync()
    {
        if (_lettersDoubtful)
        {
            await SaveLettersAsync(static _ => { });
        }

        return letters.State.Letters;
    }

    private async Task SaveLettersAsync(Action<RuleLettersState> change)
    {
        await _saving.WaitAsync();
        try
        {
            if (_lettersDoubtful)
            {
                await letters.ReadStateAsync(CancellationToken.None); // The write may have been carried out.
            }

            _lettersDoubtful = true;
            change(letters.State);
            await letters.WriteStateAsync(CancellationToken.None);
            _lettersDoubtful = false;
        }
        finally
        {
            _saving.Release();
        }
    }

    private static void Replace(List<DeadLetter> letters, DeadLetter with)
    {
        int index = letters.FindIndex(letter => letter.Id == with.Id);
        if (index >= 0)
        {
            letters[index] = with;
        }
    }

    private static FaceGridException NoLetter() => new(ErrorCodes.DeadLetterNotFound, "The rule has given up no delivery with this id, or what it told of has been erased.");
}
