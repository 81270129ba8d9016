using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FaceGrid.Vision.Execution;

/// <summary>
/// A batch of one size whose input and output stay at fixed addresses on the device, so that a recorded CUDA graph can be replayed. A
/// smaller batch is padded with the values of an earlier batch. The output for the padding is not read.
/// </summary>
/// <remarks>
/// ONNX Runtime keeps a graph for each value of <c>gpu_graph_id</c> and for the thread that recorded it (cuda_execution_provider.h: the
/// graph is part of <c>PerThreadContext</c>). So all runs must come from one thread.
/// </remarks>
internal sealed class FixedBatch : IBatchMemory
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly OrtIoBinding _binding;
    private readonly IDeviceCopy _copy;
    private readonly BatchBuffer _input;
    private readonly BatchBuffer _output;
    private readonly BatchBuffer _deviceInput;
    private readonly BatchBuffer _deviceOutput;
    private readonly int _outputLength;

    /// <summary>Allocates the memory.</summary>
    /// <param name="runtime">The runtime of the model.</param>
    /// <param name="session">The model. It must outlive the batch.</param>
    /// <param name="shape">Its input and output.</param>
    /// <param name="size">Crops in each run.</param>
    /// <param name="copy">Copies between host and device.</param>
    public FixedBatch(InferenceRuntime runtime, InferenceSession session, BatchShape shape, int size, IDeviceCopy copy)
    {
        (_session, _copy, _outputLength, Capacity) = (session, copy, shape.OutputLength, size);
        _input = BatchBuffer.OnHost(runtime, session, size * shape.InputLength);
        _output = BatchBuffer.OnHost(runtime, session, size * shape.OutputLength);
        _deviceInput = BatchBuffer.OnDevice(runtime, session, _input.Length);
        _deviceOutput = BatchBuffer.OnDevice(runtime, session, _output.Length);
        _binding = session.CreateIoBinding();
        _binding.BindInput(shape.InputName, TensorElementType.Float, [size, .. shape.Input], _deviceInput.Allocation);
        _binding.BindOutput(shape.OutputName, TensorElementType.Float, [size, .. shape.Output], _deviceOutput.Allocation);
        // Each size has its own graph. A size is never 0, an id that ONNX Runtime reserves.
        _runOptions.AddRunConfigEntry("gpu_graph_id", size.ToString(CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public int Capacity { get; }

    /// <inheritdoc/>
    public Span<float> Input => _input.Numbers;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Run(int count)
    {
        _copy.Copy(_deviceInput.Address, _input.Address, (nuint)_input.Length * sizeof(float), toDevice: true);
        _session.RunWithBinding(_runOptions, _binding);
        _binding.SynchronizeBoundOutputs();
        _copy.Copy(_output.Address, _deviceOutput.Address, (nuint)_output.Length * sizeof(float), toDevice: false);
        return _output.Numbers[..(count * _outputLength)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _binding.Dispose();
        _input.Dispose();
        _output.Dispose();
        _deviceInput.Dispose();
        _deviceOutput.Dispose();
        _runOptions.Dispose();
    }
}
