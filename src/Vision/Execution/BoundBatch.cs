using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FaceGrid.Vision.Execution;

/// <summary>
/// A batch of any size up to the capacity, in memory of the host that is allocated once. ONNX Runtime copies it to the device and back.
/// </summary>
internal sealed class BoundBatch : IBatchMemory
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly BatchShape _shape;
    private readonly OrtIoBinding _binding;
    private readonly BatchBuffer _input;
    private readonly BatchBuffer _output;
    private int _outputCount;

    /// <summary>Allocates the memory.</summary>
    /// <param name="runtime">The runtime of the model.</param>
    /// <param name="session">The model. It must outlive the batch.</param>
    /// <param name="shape">Its input and output.</param>
    /// <param name="capacity">Most crops.</param>
    public BoundBatch(InferenceRuntime runtime, InferenceSession session, BatchShape shape, int capacity)
    {
        (_session, _shape, Capacity) = (session, shape, capacity);
        _input = BatchBuffer.OnHost(runtime, session, capacity * shape.InputLength);
        _output = BatchBuffer.OnHost(runtime, session, capacity * shape.OutputLength);
        _binding = session.CreateIoBinding();
    }

    /// <inheritdoc/>
    public int Capacity { get; }

    /// <inheritdoc/>
    public Span<float> Input => _input.Numbers;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Run(int count)
    {
        // Binding copies the input to the device, so the input is bound again for each run. The output is bound again only when its size
        // changes.
        _binding.BindInput(_shape.InputName, TensorElementType.Float, [count, .. _shape.Input], _input.Allocation);
        if (count != _outputCount)
        {
            _binding.BindOutput(_shape.OutputName, TensorElementType.Float, [count, .. _shape.Output], _output.Allocation);
            _outputCount = count;
        }

        _binding.SynchronizeBoundInputs();
        _session.RunWithBinding(_runOptions, _binding);
        _binding.SynchronizeBoundOutputs();
        return _output.Numbers[..(count * _shape.OutputLength)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _binding.Dispose();
        _input.Dispose();
        _output.Dispose();
        _runOptions.Dispose();
    }
}
