namespace FaceGrid.Vision.Execution;

/// <summary>Memory of one batch that is reused. It allows one run at a time.</summary>
internal interface IBatchMemory : IDisposable
{
    /// <summary>Most crops that fit.</summary>
    int Capacity { get; }

    /// <summary>The crops, to be written before a run: capacity x 3 x height x width, float32, in memory of the host.</summary>
    Span<float> Input { get; }

    /// <summary>Runs the model on the first crops.</summary>
    /// <param name="count">Count of crops, 1 to <see cref="Capacity"/>.</param>
    /// <returns>The output numbers of these crops, one crop after the other. They are valid until the next run.</returns>
    ReadOnlySpan<float> Run(int count);
}
