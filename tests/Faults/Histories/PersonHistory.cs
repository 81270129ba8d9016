namespace FaceGrid.Tests.Histories;

/// <summary>What can be said about one person's templates while a question was under way.</summary>
/// <param name="writes">The person's writes, in the order of their start.</param>
/// <param name="settledAt">From when on durable counts as searchable.</param>
internal sealed class PersonHistory(WriteRecord[] writes, long settledAt)
{
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
        foreach (WriteRecord enrolment in writes)
        {
            if (enrolment.Vector is null || enrolment.Start >= end || IsGone(enrolment, start))
            {
                continue;
            }

            (IsThere(enrolment, start, end) ? certain : possible).Add(enrolment.Vector);
        }
    }

    private bool IsGone(WriteRecord enrolment, long start) => enrolment.Outcome != WriteOutcome.Unknown && Array.Exists(
        writes, write => write.Vector is null && write.Outcome == WriteOutcome.Acknowledged && write.Start >= enrolment.End && write.End <= start);

    private bool IsThere(WriteRecord enrolment, long start, long end)
    {
        bool answered = enrolment.End <= start
            && (enrolment.Outcome == WriteOutcome.Acknowledged || (enrolment.Outcome == WriteOutcome.Durable && settledAt <= start));
        return answered && !Array.Exists(
            writes, write => write.Vector is null && write.Start < end && (write.Outcome != WriteOutcome.Acknowledged || write.End > enrolment.Start));
    }
}
