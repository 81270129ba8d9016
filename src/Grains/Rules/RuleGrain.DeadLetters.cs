namespace FaceGrid.Grains.Rules;

// Deliveries that were given up. Only positions of events are kept, so that nothing of somebody who is erased stays here.
internal sealed partial class RuleGrain
{
    private const int LettersMax = 1_000;

    /// <inheritdoc/>
    public Task<DeadLetter[]> ListDeadLettersAsync()
    {
        Require();
        return Task.FromResult(letters.State.Letters.ToArray());
    }

    /// <inheritdoc/>
    public async Task RetryDeadLetterAsync(string id, CancellationToken cancellationToken)
    {
        Require();
        DeadLetter letter = letters.State.Letters.Find(letter => letter.Id == id) ?? throw NoLetter();
        SightingEvents page = await feed.ReadAsync(letter.Position - 1, 1, TimeSpan.Zero, cancellationToken);
        if (page.Events is not [{ } told] || told.Position != letter.Position)
        {
            await SaveLettersAsync(state => state.Letters.RemoveAll(other => other.Id == id));
            throw NoLetter();
        }

        IRuleTarget target = targets.Create(row.State.Settings); // Beside the loop, which may be waiting for its own.
        try
        {
            await target.DeliverAsync(Delivery(told, letter.Moment), cancellationToken);
        }
        catch (DeliveryException failure)
        {
            await SaveLettersAsync(state => Replace(state.Letters, letter with { Attempts = letter.Attempts + 1, Error = failure.Message }));
            throw new FaceGridException(ErrorCodes.DeliveryFailed, failure.Message, innerException: null); // Without its cause: it crosses silos, and only rules know that type.
        }
        finally
        {
            await target.DisposeAsync();
        }

        GridMetrics.Deliveries.AddOne("delivered");
        await SaveLettersAsync(state => state.Letters.RemoveAll(other => other.Id == id));
    }

    /// <inheritdoc/>
    public async Task DropDeadLetterAsync(string id, CancellationToken cancellationToken)
    {
        Require();
        if (letters.State.Letters.Exists(letter => letter.Id == id))
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
                GridMetrics.Deliveries.AddOne("given-up");
                LogGivenUp(logger, _id, letter.Attempts, letter.Error);
                return;
            }
            catch (FaceGridException failure) when (failure.Code is ErrorCodes.StorageUnavailable or ErrorCodes.Busy)
            {
                LogFailed(logger, _id, failure);
                await PauseAsync(attempt, ending);
                ending.ThrowIfCancellationRequested();
                await letters.ReadStateAsync(ending);
            }
        }
    }

    private async Task SaveLettersAsync(Action<RuleLettersState> change)
    {
        await _saving.WaitAsync();
        try
        {
            change(letters.State);
            await letters.WriteStateAsync(CancellationToken.None);
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
