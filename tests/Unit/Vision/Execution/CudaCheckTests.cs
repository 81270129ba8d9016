using FaceGrid.Vision.Execution;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Vision.Execution;

/// <summary>Goal: whatever a machine lacks for a GPU is found and named. Method: machines that answer as a test says.</summary>
public sealed class CudaCheckTests
{
    private static readonly string[] WithoutTensorRt = [.. CudaRequirements.Cuda, CudaRequirements.Cudnn];

    [Fact]
    public void Problems_CompleteMachine_None()
    {
        Problems(new FakeCudaMachine(FakeCudaMachine.OneGpu, WithoutTensorRt)).ShouldBeEmpty();
        CudaCheck.Problems(new FakeCudaMachine(FakeCudaMachine.OneGpu, FakeCudaMachine.Everything), tensorRt: true, [0]).ShouldBeEmpty();
    }

    [Fact]
    public void Problems_NoDriver_NamesItsLibrary() =>
        Problems(new FakeCudaMachine(null, WithoutTensorRt)).ShouldBe(["There is no NVIDIA driver: libcuda.so.1 is not found."]);

    [Theory]
    [InlineData(100, 0)]
    [InlineData(0, 0)]
    public void Problems_DriverWithoutGpu_SaysSo(int error, int devices) =>
        Problems(new FakeCudaMachine(new CudaDriver(error, 13_000, devices), WithoutTensorRt)).ShouldHaveSingleItem()
            .ShouldStartWith("There is an NVIDIA driver, but no GPU");

    [Fact]
    public void Problems_DriverFails_GivesItsError() =>
        Problems(new FakeCudaMachine(new CudaDriver(999, 13_000, 0), WithoutTensorRt))
            .ShouldBe(["The NVIDIA driver does not work: cuInit gives error 999."]);

    [Fact]
    public void Problems_DriverTooOld_SaysWhatItRuns() =>
        Problems(new FakeCudaMachine(new CudaDriver(0, 12_080, 1), WithoutTensorRt))
            .ShouldBe(["The NVIDIA driver is too old: it runs CUDA up to 12.8, and CUDA 13 is needed."]);

    // A newer driver runs older CUDA.
    [Fact]
    public void Problems_DriverNewer_None() => Problems(new FakeCudaMachine(new CudaDriver(0, 14_010, 1), WithoutTensorRt)).ShouldBeEmpty();

    [Fact]
    public void Problems_OtherCuda_NamesFoundAndNeeded()
    {
        string problem = Problems(new FakeCudaMachine(
            FakeCudaMachine.OneGpu, "libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12", "libcurand.so.10",
            CudaRequirements.Cudnn)).ShouldHaveSingleItem();

        problem.ShouldStartWith("CUDA 12 is installed (libcudart.so.12), but CUDA 13 is needed: ");
        problem.ShouldContain("libcublasLt.so.13");
        problem.ShouldNotContain("libcurand");
    }

    [Fact]
    public void Problems_OneLibraryMissing_NamesItAlone() =>
        Problems(new FakeCudaMachine(FakeCudaMachine.OneGpu, WithoutTensorRt.Where(library => library != "libcublasLt.so.13")))
            .ShouldBe(["CUDA 13 is missing: libcublasLt.so.13 is not found."]);

    [Fact]
    public void Problems_NoCudnn_NamesIt() =>
        Problems(new FakeCudaMachine(FakeCudaMachine.OneGpu, CudaRequirements.Cuda))
            .ShouldBe(["cuDNN 9 is missing: libcudnn.so.9 is not found."]);

    [Fact]
    public void Problems_OtherCudnn_NamesFoundAndNeeded() =>
        Problems(new FakeCudaMachine(FakeCudaMachine.OneGpu, [.. CudaRequirements.Cuda, "libcudnn.so.8"]))
            .ShouldBe(["cuDNN 8 is installed (libcudnn.so.8), but cuDNN 9 is needed: libcudnn.so.9 is not found."]);

    [Fact]
    public void Problems_NoTensorRt_MattersOnlyWhereItIsAskedFor()
    {
        var machine = new FakeCudaMachine(FakeCudaMachine.OneGpu, WithoutTensorRt);

        Problems(machine).ShouldBeEmpty();
        CudaCheck.Problems(machine, tensorRt: true, [0])
            .ShouldBe(["TensorRT 10 is missing: libnvinfer.so.10, libnvonnxparser.so.10 are not found."]);
    }

    [Fact]
    public void Problems_DeviceThatIsNotThere_SaysHowManyThereAre() =>
        CudaCheck.Problems(new FakeCudaMachine(new CudaDriver(0, 13_000, 2), WithoutTensorRt), tensorRt: false, [0, 2])
            .ShouldBe(["Devices names GPU 2, but this process may use 2, counted from 0."]);

    // Somebody who starts from nothing is told everything at once.
    [Fact]
    public void Problems_EmptyMachine_NamesEverything()
    {
        IReadOnlyList<string> problems = CudaCheck.Problems(new FakeCudaMachine(null), tensorRt: true, [0]);

        problems.Count.ShouldBe(4);
        string.Join(' ', problems).ShouldSatisfyAllConditions([.. FakeCudaMachine.Everything.Append(CudaRequirements.Driver)
            .Select(library => (Action<string>)(said => said.ShouldContain(library)))]);
    }

    // This machine is asked for real: the answer depends on it, so only its form is checked.
    [Fact]
    public void CanLoad_ThisMachine_FindsWhatIsThereAndNothingElse()
    {
        var machine = new CudaMachine();
        string there = OperatingSystem.IsLinux() ? "libc.so.6" : OperatingSystem.IsWindows() ? "kernel32" : "libSystem.dylib";
        machine.CanLoad(there).ShouldBeTrue();
        machine.CanLoad("libno-such-library.so.13").ShouldBeFalse();
    }

    private static IReadOnlyList<string> Problems(ICudaMachine machine) => CudaCheck.Problems(machine, tensorRt: false, [0]);
}
