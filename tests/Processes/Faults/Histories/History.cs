using System.Collections.Concurrent;

namespace FaceGrid.Tests.Faults.Histories;

/// <summary>Everything that clients asked of a grid and were told. Each person, and each face, is written by one client, one request after the other. Safe for concurrent use.</summary>
internal sealed class History
{
    /// <summary>Enrolments and deletions.</summary>
    public ConcurrentQueue<WriteRecord> Writes { get; } = new();

    /// <summary>Identifies.</summary>
    public ConcurrentQueue<IdentifyRecord> Identifies { get; } = new();

    /// <summary>Verifies.</summary>
    public ConcurrentQueue<VerifyRecord> Verifies { get; } = new();

    /// <summary>What became of faces that belong to one person after the other.</summary>
    public ConcurrentQueue<FaceWrite> FaceWrites { get; } = new();

    /// <summary>Questions about these.</summary>
    public ConcurrentQueue<FaceQuestion> FaceQuestions { get; } = new();

    /// <summary>Who stood in front of cameras.</summary>
    public ConcurrentQueue<Show> Shows { get; } = new();

    /// <summary>What the cameras have told, as the grid has it at the end.</summary>
    public IReadOnlyList<VisitEvent> Events { get; set; } = [];

    /// <summary>Positions of the events that a listener has heard all along, in the order in which they came.</summary>
    public IReadOnlyList<long> Heard { get; set; } = [];

    /// <summary>Steps of an operator.</summary>
    public ConcurrentQueue<OperatorStep> Steps { get; } = new();

    /// <summary>Ids of people whom rows of the database name at the end.</summary>
    public IReadOnlyList<string> Remaining { get; set; } = [];

    /// <summary>From when on what was only durable counts as searchable: the grid had time to finish the job.</summary>
    public long SettledAt { get; set; } = long.MaxValue;
}
