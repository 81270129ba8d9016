using Microsoft.ML.OnnxRuntime;

namespace FaceGrid.Vision.Execution;

/// <summary>Numbers at a fixed address, on the host or on a device.</summary>
internal sealed class BatchBuffer : IDisposable
{
    private readonly OrtMemoryInfo? _info;
    private readonly OrtAllocator? _allocator;

    private BatchBuffer(OrtMemoryInfo? info, OrtAllocator allocator, int length)
    {
        (_info, _allocator, Length) = (info, info is null ? null : allocator, length);
        Allocation = allocator.Allocate(checked((uint)length * sizeof(float)));
    }

    /// <summary>The memory, as I/O binding takes it.</summary>
    public OrtMemoryAllocation Allocation { get; }

    /// <summary>How many numbers fit.</summary>
    public int Length { get; }

    /// <summary>Where the memory begins.</summary>
    public nint Address => Allocation.DangerousGetHandle();

    /// <summary>
    /// Takes memory of the host: pinned where the model runs on a GPU, so that it can be copied without a detour; zeroed.
    /// </summary>
    /// <param name="runtime">Where the model runs.</param>
    /// <param name="session">The model.</param>
    /// <param name="length">How many numbers.</param>
    public static BatchBuffer OnHost(InferenceRuntime runtime, InferenceSession session, int length)
    {
        BatchBuffer buffer = Take(runtime, session, OrtMemoryInfo.allocatorCUDA_PINNED, OrtMemType.CpuOutput, length);
        buffer.Numbers.Clear();
        return buffer;
    }

    /// <summary>Takes memory of the device that the model runs on; on a CPU, of the host.</summary>
    /// <param name="runtime">Where the model runs.</param>
    /// <param name="session">The model.</param>
    /// <param name="length">How many numbers.</param>
    public static BatchBuffer OnDevice(InferenceRuntime runtime, InferenceSession session, int length) =>
        Take(runtime, session, OrtMemoryInfo.allocatorCUDA, OrtMemType.Default, length);

    /// <summary>The numbers. Only for memory of the host.</summary>
    public unsafe Span<float> Numbers => new((void*)Address, Length);

    /// <inheritdoc/>
    public void Dispose()
    {
        Allocation.Dispose();
        _allocator?.Dispose();
        _info?.Dispose();
    }

    private static BatchBuffer Take(InferenceRuntime runtime, InferenceSession session, byte[] gpuMemory, OrtMemType type, int length)
    {
        if (!runtime.IsAccelerated)
        {
            return new(null, OrtAllocator.DefaultInstance, length);
        }

        var info = new OrtMemoryInfo(gpuMemory, OrtAllocatorType.DeviceAllocator, runtime.Device, type);
        return new(info, new OrtAllocator(session, info), length);
    }
}
