using System.Runtime.InteropServices;

namespace FaceGrid.Vision.Execution;

/// <summary>
/// Copies with the CUDA runtime, which ONNX Runtime uses too. The copy function of ONNX Runtime needs its plug-in providers, which this
/// project does not use.
/// </summary>
/// <remarks>
/// Not run on a GPU yet. Source: CUDA Runtime API, <c>cudaSetDevice</c> and <c>cudaMemcpy</c>, which returns when the copy is done.
/// </remarks>
internal sealed class CudaCopy : IDeviceCopy
{
    private const int HostToDevice = 1;
    private const int DeviceToHost = 2;

    private readonly int _device;
    private readonly nint _setDevice;
    private readonly nint _memcpy;

    /// <summary>Finds the functions.</summary>
    /// <param name="device">Index of the GPU.</param>
    /// <exception cref="DllNotFoundException">The CUDA runtime is not installed.</exception>
    public CudaCopy(int device)
    {
        _device = device;
        nint runtime = NativeLibrary.Load(
            OperatingSystem.IsWindows() ? $"cudart64_{CudaRequirements.CudaMajor}" : $"libcudart.so.{CudaRequirements.CudaMajor}");
        _setDevice = NativeLibrary.GetExport(runtime, "cudaSetDevice");
        _memcpy = NativeLibrary.GetExport(runtime, "cudaMemcpy");
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">CUDA reports an error.</exception>
    public unsafe void Copy(nint to, nint from, nuint bytes, bool toDevice)
    {
        int error = ((delegate* unmanaged<int, int>)_setDevice)(_device);
        if (error == 0)
        {
            error = ((delegate* unmanaged<nint, nint, nuint, int, int>)_memcpy)(to, from, bytes, toDevice ? HostToDevice : DeviceToHost);
        }

        if (error != 0)
        {
            string direction = toDevice ? "to" : "from";
            throw new InvalidOperationException($"CUDA cannot copy {bytes} bytes {direction} device {_device}: error {error}.");
        }
    }
}
