namespace FaceGrid.Storage.Sqlite;

/// <summary>One piece of work for the writer, and the promise of its outcome.</summary>
internal sealed class WriteJob(Func<Session, object?> body, bool alone, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<object?> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private object? _result;
    private Exception? _error;

    /// <summary>The outcome, known only after the commit.</summary>
    public Task<object?> Outcome => _outcome.Task;

    /// <summary>Whether the job must run outside a transaction, such as a checkpoint.</summary>
    public bool Alone => alone;

    /// <summary>False when the caller gave up before the job began; a job that began is carried through.</summary>
    public bool TryBegin() => !cancellationToken.IsCancellationRequested || !_outcome.TrySetCanceled(cancellationToken);

    /// <summary>Does the work and keeps what came of it for after the commit.</summary>
    public void Run(Session session) => _result = body(session);

    /// <summary>Keeps the failure of this job alone; the others of the transaction go on.</summary>
    public void Reject(Exception e) => _error = e;

    /// <summary>Tells the caller what came of it. Called after the commit.</summary>
    public void Complete()
    {
        if (_error is null)
        {
            _outcome.TrySetResult(_result);
        }
        else
        {
            _outcome.TrySetException(_error);
        }
    }

    /// <summary>Tells the caller that nothing was stored.</summary>
    public void Fail(Exception e) => _outcome.TrySetException(e);
}
