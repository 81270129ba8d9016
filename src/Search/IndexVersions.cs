namespace FaceGrid.Search;

/// <summary>
/// Counts the changes of an index and knows which searches still look at an older state. A row that died with change n may be
/// overwritten when no search that began before change n is running.
/// </summary>
internal sealed class IndexVersions
{
    private readonly Lock gate = new();
    private readonly LinkedList<Version> running = new();
    private long current;

    /// <summary>The number that the next change gets. Only the writer asks.</summary>
    public long Next => current + 1;

    /// <summary>Whether a search is running.</summary>
    public bool Busy
    {
        get
        {
            lock (gate)
            {
                return running.Count > 0;
            }
        }
    }

    /// <summary>The oldest state that a running or future search looks at.</summary>
    public long Oldest
    {
        get
        {
            lock (gate)
            {
                return running.First?.Value.Number ?? current;
            }
        }
    }

    /// <summary>Makes the rows of change <see cref="Next"/> visible to searches that begin from now on.</summary>
    public void Publish()
    {
        lock (gate)
        {
            current++;
        }
    }

    /// <summary>Begins a search on the present state.</summary>
    public Version Enter()
    {
        lock (gate)
        {
            if (running.Last?.Value is not { } version || version.Number != current)
            {
                version = new Version(current);
                version.Place = running.AddLast(version);
            }

            version.Searches++;
            return version;
        }
    }

    /// <summary>Ends a search. True when rows may have become free, because nobody looks at that state any more.</summary>
    public bool Exit(Version version)
    {
        lock (gate)
        {
            if (--version.Searches > 0)
            {
                return false;
            }

            running.Remove(version.Place!);
            return true;
        }
    }

    /// <summary>One state of the index and how many searches look at it.</summary>
    internal sealed class Version(long number)
    {
        public long Number => number;
        public int Searches { get; set; }
        public LinkedListNode<Version>? Place { get; set; }
    }
}
