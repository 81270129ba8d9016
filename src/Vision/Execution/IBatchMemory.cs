namespace FaceGrid.Vision.Execution;

/// <summary>Memory of one batch that is used again and again. One run at a time.</summary>
internal interface IBatchMemory : IDisposable
{
    /// <summary>Most crops that fit.</summary>
    int Capacity { get; }

    /// <summary>Where the crops are written before a run: capacity x 3 x height x width, float32, in the host's memory.</summary>
    Span<float> Input { get; }

    /// <summary>Runs the model on the first crops.</summary>
    /// <param name="count">How many, 1 to <see cref="Capacity"/>.</param>
    /// <returns>The numbers of these crops, one crop after the other; valid until the next run.</returns>
    ReadOnlySpan<float> Run(int count);
}
