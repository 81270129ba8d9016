using System.Diagnostics;
using FaceGrid.Search.Kernels;
using FaceGrid.Tests.Search;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Operations;

/// <summary>
/// Goal: a machine with fewer instructions finds the same faces. Method: the unit tests of the search as a program of their own, from which
/// the runtime's switches take instructions away.
/// </summary>
public sealed class InstructionTests
{
    /// <summary>The name of the path is asserted on machines with AVX-512; elsewhere the child only has to agree on the bits.</summary>
    [Theory]
    [InlineData("DOTNET_EnableAVX512=0", "avx2")]
    [InlineData("DOTNET_EnableAVX2=0", "scalar")]
    [InlineData("DOTNET_EnableHWIntrinsic=0", "scalar")]
    public async Task Child_process_without_instructions_agrees_on_the_bits(string setting, string expectedPath)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        string program = typeof(DistanceTests).Assembly.Location;
        string test = $"{typeof(DistanceTests).FullName}.{nameof(DistanceTests.Best_path_has_the_bits_of_the_definition)}";
        var start = new ProcessStartInfo("dotnet", [program, "-method", test])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] pair = setting.Split('=');
        start.Environment[pair[0]] = pair[1];
        start.Environment["FACEGRID_EXPECTED_PATH"] = SearchKernels.Name == "avx512" ? expectedPath : "";
        using Process child = Process.Start(start)!;
        Task<string> errors = child.StandardError.ReadToEndAsync(cancellationToken);
        string output = await child.StandardOutput.ReadToEndAsync(cancellationToken) + await errors;
        await child.WaitForExitAsync(cancellationToken);
        child.ExitCode.ShouldBe(0, output);
        output.ShouldContain("Total: 1", Case.Insensitive, output);
    }
}
