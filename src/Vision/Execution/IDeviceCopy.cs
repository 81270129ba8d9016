namespace FaceGrid.Vision.Execution;

/// <summary>Copies between the memory of the host and that of a device.</summary>
internal interface IDeviceCopy
{
    /// <summary>Copies, and returns when the copy is done.</summary>
    /// <param name="to">Address to write at.</param>
    /// <param name="from">Address to read from.</param>
    /// <param name="bytes">How many bytes.</param>
    /// <param name="toDevice">True from host to device, false back.</param>
    void Copy(nint to, nint from, nuint bytes, bool toDevice);
}
