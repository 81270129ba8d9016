namespace FaceGrid.Tests.Faults.Histories;

/// <summary>Whose a face can have been while a question was under way.</summary>
/// <param name="writes">All writes of the face.</param>
internal sealed class FaceHistory(IEnumerable<FaceWrite> writes)
{
    private readonly FaceWrite[] _writes = [.. writes.OrderBy(write => write.Start)];

    /// <summary>Everything that was written about the face, in order.</summary>
    public IReadOnlyList<FaceWrite> Writes => _writes;

    /// <summary>
    /// Whose it can have been. The last write that was answered before the question says so, with every write that was under way meanwhile; what was only durable counts as under way until a later one is answered. A write without an
    /// answer may happen at any later time, but a face that has gone since is not brought back by merging or parting people.
    /// </summary>
    /// <param name="start">Start of the question.</param>
    /// <param name="end">End of the question.</param>
    /// <returns>People; null among them where it can have been nobody's.</returns>
    public IReadOnlySet<string?> Owners(long start, long end)
    {
        int last = Array.FindLastIndex(_writes, write => write.Outcome == WriteOutcome.Acknowledged && write.End <= start);
        var owners = new HashSet<string?> { last < 0 ? null : _writes[last].Person };
        for (int index = 0; index < _writes.Length; index++)
        {
            FaceWrite write = _writes[index];
            bool isOpen = write.Outcome switch
            {
                WriteOutcome.Acknowledged => write.End > start,
                WriteOutcome.Durable => index > last,
                _ => !(write.IsMove && IsGoneSince(write, start)),
            };
            if (write.Start < end && isOpen)
            {
                owners.Add(write.Person);
            }
        }

        return owners;
    }

    private bool IsGoneSince(FaceWrite write, long start) =>
        Array.Exists(_writes, other => other.Person is null && other.Outcome == WriteOutcome.Acknowledged && other.Start >= write.End && other.End <= start);
}
