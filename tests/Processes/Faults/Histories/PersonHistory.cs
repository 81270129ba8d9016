namespace FaceGrid.Tests.Faults.Histories;

/// <summary>What can be said about one person's templates while a question was under way.</summary>
internal sealed class PersonHistory
{
    private readonly Life[] _lives;

    /// <summary>Works out from when to when each enrolment can be seen.</summary>
    /// <param name="writes">All writes of the person.</param>
    /// <param name="settledAt">From when on durable counts as searchable.</param>
    public PersonHistory(IReadOnlyCollection<WriteRecord> writes, long settledAt)
    {
        WriteRecord[] deletions = [.. writes.Where(write => write.Vector is null)];
        _lives = [.. writes.Where(write => write.Vector is not null).Select(enrolment => LifeOf(enrolment, deletions, settledAt))];
    }

    /// <summary>
    /// Sorts the person's vectors. <em>Certain</em> is one whose enrolment was answered before the question and which no deletion can have touched before its end: each was answered before
    /// that enrolment was sent, or was sent after the question was answered. <em>Possible</em> is every other one that was sent before the question's end, unless it was certainly deleted: its
    /// enrolment was answered before the deletion was sent, and the deletion before the question. A write without an answer may happen at any later time.
    /// </summary>
    /// <param name="start">Start of the question.</param>
    /// <param name="end">End of the question.</param>
    /// <param name="certain">Receives what every right answer takes into account.</param>
    /// <param name="possible">Receives what a right answer may take into account besides.</param>
    public void Sort(long start, long end, List<float[]> certain, List<float[]> possible)
    {
        certain.Clear();
        possible.Clear();
        foreach (Life life in _lives)
        {
            if (life.Sent < end && start < life.Gone)
            {
                (life.Certain <= start && end <= life.Doubted ? certain : possible).Add(life.Vector);
            }
        }
    }

    private static Life LifeOf(WriteRecord enrolment, WriteRecord[] deletions, long settledAt) => new(
        enrolment.Vector!,
        enrolment.Start,
        enrolment.Outcome switch
        {
            WriteOutcome.Acknowledged => enrolment.End,
            WriteOutcome.Durable => settledAt,
            _ => long.MaxValue,
        },
        deletions.Where(deletion => deletion.Outcome != WriteOutcome.Acknowledged || deletion.End > enrolment.Start)
            .Select(deletion => deletion.Start).Append(long.MaxValue).Min(),
        deletions.Where(deletion => enrolment.Outcome != WriteOutcome.Unknown && deletion.Outcome == WriteOutcome.Acknowledged && deletion.Start >= enrolment.End)
            .Select(deletion => deletion.End).Append(long.MaxValue).Min());

    /// <summary>One enrolment.</summary>
    /// <param name="Vector">What was enrolled.</param>
    /// <param name="Sent">From when on it may be seen.</param>
    /// <param name="Certain">From when on it must be seen.</param>
    /// <param name="Doubted">Until when it must be seen.</param>
    /// <param name="Gone">From when on it must not be seen.</param>
    private sealed record Life(float[] Vector, long Sent, long Certain, long Doubted, long Gone);
}
