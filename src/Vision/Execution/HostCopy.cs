using System.Runtime.InteropServices;

namespace FaceGrid.Vision.Execution;

/// <summary>Copies where host and device are the same.</summary>
internal sealed class HostCopy : IDeviceCopy
{
    /// <inheritdoc/>
    public unsafe void Copy(nint to, nint from, nuint bytes, bool toDevice) => NativeMemory.Copy((void*)from, (void*)to, bytes);
}
