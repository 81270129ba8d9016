namespace FaceGrid.Vision.Execution;

/// <summary>Answers questions about a machine before a model is opened on its GPU.</summary>
internal interface ICudaMachine
{
    /// <summary>True when the dynamic linker finds the library and everything that it needs in turn.</summary>
    /// <param name="library">File name, such as <c>libcudart.so.13</c>.</param>
    bool CanLoad(string library);

    /// <summary>Asks the driver. Call it only when <see cref="CudaRequirements.Driver"/> can be loaded.</summary>
    CudaDriver AskDriver();
}
