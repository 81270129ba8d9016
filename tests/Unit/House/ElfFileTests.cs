using System.Runtime.InteropServices;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.House;

/// <summary>
/// Goal: the reader of ELF files reads what is in them. Method: ONNX Runtime's library, which is built against the C library, and files
/// that are something else.
/// </summary>
public sealed class ElfFileTests
{
    [Fact]
    public void Needed_LibraryOfTheTests_NamesTheCLibrary()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux has ELF files");
        string architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";

        ElfFile.Needed(Path.Combine(AppContext.BaseDirectory, "runtimes", architecture, "native", "libonnxruntime.so"))
            .ShouldContain("libc.so.6");
    }

    [Fact]
    public void Needed_NoElfFile_IsRefused()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "FaceGrid.Vision.dll");

        Should.Throw<InvalidDataException>(() => ElfFile.Needed(program)).Message.ShouldContain(program);
    }
}
