namespace FaceGrid.Storage.Sqlite;

/// <summary>One piece of work for the writer, and its outcome.</summary>
internal sealed class WriteJob(Func<Session, object?> body, bool alone, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<object?> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private object? _result;
    private Exception? _error;

    /// <summary>The outcome, known only after the commit.</summary>
    public Task<object?> Outcome => _outcome.Task;

    /// <summary>Whether the job must run outside a transaction, such as a checkpoint.</summary>
    public bool Alone => alone;

    /// <summary>False when the job was cancelled before it began. A job that began runs to its end.</summary>
    public bool TryBegin() => !cancellationToken.IsCancellationRequested || !_outcome.TrySetCanceled(cancellationToken);

    /// <summary>Does the work and keeps its result until the commit.</summary>
    public void Run(Session session) => _result = body(session);

    /// <summary>Keeps the failure of this job. The other jobs of the transaction go on.</summary>
    public void Reject(Exception e) => _error = e;

    /// <summary>Gives the caller the result or the failure. Called after the commit.</summary>
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
