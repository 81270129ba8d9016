namespace FaceGrid.Load.Requests;

/// <summary>What the caller asked for.</summary>
internal sealed record LoadPlan
{
    /// <summary>Operations and their weights.</summary>
    public required LoadMix Mix { get; init; }

    /// <summary>Vectors or pictures.</summary>
    public required LoadProbes Probes { get; init; }

    /// <summary>A folder or zip file of pictures; null for vectors.</summary>
    public string? Pictures { get; init; }

    /// <summary>Largest number of pictures to read.</summary>
    public required int PicturesMax { get; init; }

    /// <summary>Synthetic people who must be in the gallery first.</summary>
    public required int People { get; init; }

    /// <summary>Length of a vector, for a gallery that has no contract yet.</summary>
    public int? Dimension { get; init; }

    /// <summary>
    /// Share of identify requests with a vector of nobody enrolled, and of verify requests with the vector of somebody else. 0 to 1.
    /// </summary>
    public required double Strangers { get; init; }

    /// <summary>Threshold of identify requests: a distance, 0 to 2.</summary>
    public required double Threshold { get; init; }

    /// <summary>Seed of everything random.</summary>
    public required int Seed { get; init; }

    /// <summary>Clients of a closed loop.</summary>
    public required int Clients { get; init; }

    /// <summary>Requests per second of an open loop; null for a closed one.</summary>
    public double? Rate { get; init; }

    /// <summary>Arrivals of an open loop.</summary>
    public required LoadArrivals Arrivals { get; init; }

    /// <summary>Most requests in flight in an open loop.</summary>
    public required int InFlightMax { get; init; }

    /// <summary>Measured time.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Time before the measured time.</summary>
    public required TimeSpan Warmup { get; init; }

    /// <summary>How long an answer may take.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>True to remove what the load has put into the gallery.</summary>
    public required bool Clean { get; init; }
}
