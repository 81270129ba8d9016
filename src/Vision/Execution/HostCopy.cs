using System.Runtime.InteropServices;

namespace FaceGrid.Vision.Execution;

/// <summary>Copies within the memory of the host, for models that run on a CPU.</summary>
internal sealed class HostCopy : IDeviceCopy
{
    /// <inheritdoc/>
    public unsafe void Copy(nint to, nint from, nuint bytes, bool toDevice) => NativeMemory.Copy((void*)from, (void*)to, bytes);
}
