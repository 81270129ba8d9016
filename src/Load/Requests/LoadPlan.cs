namespace FaceGrid.Load.Requests;

/// <summary>What the caller asked for.</summary>
internal sealed record LoadPlan
{
    /// <summary>Operations and how often.</summary>
    public required LoadMix Mix { get; init; }

    /// <summary>Vectors or pictures.</summary>
    public required LoadProbes Probes { get; init; }

    /// <summary>A folder or zip file of pictures; null for vectors.</summary>
    public string? Pictures { get; init; }

    /// <summary>Pictures to read at most.</summary>
    public required int PicturesMax { get; init; }

    /// <summary>Synthetic people who must be in the gallery first.</summary>
    public required int People { get; init; }

    /// <summary>Length of a vector where the gallery has none yet.</summary>
    public int? Dimension { get; init; }

    /// <summary>Share of identify questions that ask for nobody, and of verify questions that ask for somebody else. 0 to 1.</summary>
    public required double Strangers { get; init; }

    /// <summary>Threshold of identify questions: a distance, 0 to 2.</summary>
    public required double Threshold { get; init; }

    /// <summary>Seed of everything random.</summary>
    public required int Seed { get; init; }

    /// <summary>Clients of a closed loop.</summary>
    public required int Clients { get; init; }

    /// <summary>Requests per second of an open loop; null for a closed one.</summary>
    public double? Rate { get; init; }

    /// <summary>Arrivals of an open loop.</summary>
    public required LoadArrivals Arrivals { get; init; }

    /// <summary>Requests under way at once in an open loop.</summary>
    public required int InFlightMax { get; init; }

    /// <summary>Measured time.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Time before it that is not measured.</summary>
    public required TimeSpan Warmup { get; init; }

    /// <summary>How long an answer may take.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>True to remove what the load has put into the gallery.</summary>
    public required bool Clean { get; init; }
}
