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

    /// <summary>The memory in the form that I/O binding takes.</summary>
    public OrtMemoryAllocation Allocation { get; }

    /// <summary>How many numbers fit.</summary>
    public int Length { get; }

    /// <summary>Address of the first number.</summary>
    public nint Address => Allocation.DangerousGetHandle();

    /// <summary>
    /// Allocates zeroed memory of the host. When the model runs on a GPU the memory is pinned, so that it can be copied directly.
    /// </summary>
    /// <param name="runtime">The runtime of the model.</param>
    /// <param name="session">The model.</param>
    /// <param name="length">Count of numbers.</param>
    public static BatchBuffer OnHost(InferenceRuntime runtime, InferenceSession session, int length)
    {
        BatchBuffer buffer = Take(runtime, session, OrtMemoryInfo.allocatorCUDA_PINNED, OrtMemType.CpuOutput, length);
        buffer.Numbers.Clear();
        return buffer;
    }

    /// <summary>Allocates memory of the device that the model runs on. For a CPU that is memory of the host.</summary>
    /// <param name="runtime">The runtime of the model.</param>
    /// <param name="session">The model.</param>
    /// <param name="length">Count of numbers.</param>
    public static BatchBuffer OnDevice(InferenceRuntime runtime, InferenceSession session, int length) =>
        Take(runtime, session, OrtMemoryInfo.allocatorCUDA, OrtMemType.Default, length);

    /// <summary>The numbers. Use it only for memory of the host.</summary>
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
