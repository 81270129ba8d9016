using System.Runtime.InteropServices;

namespace FaceGrid.Vision.Execution;

/// <summary>This machine.</summary>
internal sealed class CudaMachine : ICudaMachine
{
    /// <inheritdoc/>
    public bool CanLoad(string library)
    {
        if (!NativeLibrary.TryLoad(library, out nint handle))
        {
            return false;
        }

        NativeLibrary.Free(handle);
        return true;
    }

    /// <inheritdoc/>
    public unsafe CudaDriver AskDriver()
    {
        // The driver stays loaded, because ONNX Runtime uses it next and unloading it after cuInit is not supported.
        nint driver = NativeLibrary.Load(CudaRequirements.Driver);
        var initialise = (delegate* unmanaged<uint, int>)NativeLibrary.GetExport(driver, "cuInit");
        var readVersion = (delegate* unmanaged<int*, int>)NativeLibrary.GetExport(driver, "cuDriverGetVersion");
        var countDevices = (delegate* unmanaged<int*, int>)NativeLibrary.GetExport(driver, "cuDeviceGetCount");
        int version = 0, devices = 0;
        _ = readVersion(&version);
        int error = initialise(0);
        if (error == 0)
        {
            error = countDevices(&devices);
        }

        return new(error, version, devices);
    }
}
