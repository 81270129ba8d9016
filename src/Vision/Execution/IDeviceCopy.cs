namespace FaceGrid.Vision.Execution;

/// <summary>Copies between the memory of the host and that of a device.</summary>
internal interface IDeviceCopy
{
    /// <summary>Copies, and returns when the copy is done.</summary>
    /// <param name="to">Address to write to.</param>
    /// <param name="from">Address to read from.</param>
    /// <param name="bytes">Count of bytes.</param>
    /// <param name="toDevice">True to copy from host to device, false to copy from device to host.</param>
    void Copy(nint to, nint from, nuint bytes, bool toDevice);
}
