namespace FaceGrid.Search.Kernels;

/// <summary>Tells which instructions the search uses on this machine.</summary>
public static class SearchKernels
{
    /// <summary>
    /// <c>avx512</c>, <c>avx2</c> (with FMA), <c>neon</c> or <c>scalar</c>. They differ in speed only. The path is chosen at start. The
    /// runtime's switches <c>DOTNET_EnableAVX512=0</c>, <c>DOTNET_EnableAVX2=0</c> and <c>DOTNET_EnableHWIntrinsic=0</c> take instructions
    /// away.
    /// </summary>
    public static string Name => Kernel.Best.Name;
}
