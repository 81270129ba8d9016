using System.Collections.Concurrent;

namespace FaceGrid.Tests.Histories;

/// <summary>Everything that clients asked of a grid and were told. Each person is written by one client, one request after the other. Safe for concurrent use.</summary>
internal sealed class History
{
    /// <summary>Enrolments and deletions.</summary>
    public ConcurrentQueue<WriteRecord> Writes { get; } = new();

    /// <summary>Identifies.</summary>
    public ConcurrentQueue<IdentifyRecord> Identifies { get; } = new();

    /// <summary>Verifies.</summary>
    public ConcurrentQueue<VerifyRecord> Verifies { get; } = new();

    /// <summary>From when on what was only durable counts as searchable: the grid had time to finish the job.</summary>
    public long SettledAt { get; set; } = long.MaxValue;
}
