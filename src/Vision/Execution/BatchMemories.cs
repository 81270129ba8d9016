using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;

namespace FaceGrid.Vision.Execution;

/// <summary>Hands out the memory of batches. Safe for concurrent calls.</summary>
internal sealed class BatchMemories : IDisposable
{
    private readonly ConcurrentBag<IBatchMemory> _unused = [];
    private readonly IBatchMemory[] _fixed = [];
    private readonly Func<IBatchMemory> _makeBound;
    private readonly Lock _oneAtATime = new();

    /// <summary>Prepares the memory.</summary>
    /// <param name="plan">How batches run; not <see cref="BatchMode.Plain"/>.</param>
    /// <param name="runtime">The runtime of the model.</param>
    /// <param name="session">The model. It must outlive the memory.</param>
    /// <param name="shape">Its input and output.</param>
    public BatchMemories(BatchPlan plan, InferenceRuntime runtime, InferenceSession session, BatchShape shape)
    {
        _makeBound = () => new BoundBatch(runtime, session, shape, plan.SizeMax);
        if (plan.Mode == BatchMode.Fixed)
        {
            IDeviceCopy copy = runtime.IsAccelerated ? new CudaCopy(runtime.Device) : new HostCopy();
            _fixed = [.. BatchPlan.Sizes(plan.SizeMax).Select(size => new FixedBatch(runtime, session, shape, size, copy))];
        }
    }

    /// <summary>Lends out memory that is large enough.</summary>
    /// <param name="count">Count of crops that must fit, at most the largest size of the plan.</param>
    /// <param name="use">Fills the memory, runs the model and reads the output.</param>
    public void Use(int count, Action<IBatchMemory> use)
    {
        if (_fixed.Length > 0)
        {
            // A session that records or replays graphs allows one run at a time.
            lock (_oneAtATime)
            {
                use(_fixed.First(memory => memory.Capacity >= count));
            }

            return;
        }

        if (!_unused.TryTake(out IBatchMemory? memory))
        {
            memory = _makeBound();
        }

        try
        {
            use(memory);
        }
        finally
        {
            _unused.Add(memory);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_fixed, memory => memory.Dispose());
        while (_unused.TryTake(out IBatchMemory? memory))
        {
            memory.Dispose();
        }
    }
}
