namespace FaceGrid.Search;

/// <summary>
/// Counts the changes of an index and knows which searches still look at an older state. A row that died with change n may be
/// overwritten when no search that began before change n is running.
/// </summary>
internal sealed class IndexVersions
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Version> _running = new();
    private long _current;

    /// <summary>The number that the next change gets. Only the writer asks.</summary>
    public long Next => _current + 1;

    /// <summary>Whether a search is running.</summary>
    public bool Busy
    {
        get
        {
            lock (_gate)
            {
                return _running.Count > 0;
            }
        }
    }

    /// <summary>The oldest state that a running or future search looks at.</summary>
    public long Oldest
    {
        get
        {
            lock (_gate)
            {
                return _running.First?.Value.Number ?? _current;
            }
        }
    }

    /// <summary>Makes the rows of change <see cref="Next"/> visible to searches that begin from now on.</summary>
    public void Publish()
    {
        lock (_gate)
        {
            _current++;
        }
    }

    /// <summary>Begins a search on the present state.</summary>
    public Version Enter()
    {
        lock (_gate)
        {
            if (_running.Last?.Value is not { } version || version.Number != _current)
            {
                version = new Version(_current);
                version.Place = _running.AddLast(version);
            }

            version.Searches++;
            return version;
        }
    }

    /// <summary>Ends a search. True when rows may have become free, because nobody looks at that state any more.</summary>
    public bool Exit(Version version)
    {
        lock (_gate)
        {
            if (--version.Searches > 0)
            {
                return false;
            }

            _running.Remove(version.Place!);
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
