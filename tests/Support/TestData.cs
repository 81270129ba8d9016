using Xunit;

namespace FaceGrid.Tests.Support;

/// <summary>
/// Finds the models and pictures that some tests need and that are never part of the repository.
/// A test that needs them skips with a reason where they are missing, and fails instead when <c>FACEGRID_TESTS_NO_SKIP=1</c>.
/// </summary>
public static class TestData
{
    /// <summary>Directory of ONNX models, from <c>FACEGRID_MODELS</c>; skips the test when it is not set or does not exist.</summary>
    public static string Models => Require("FACEGRID_MODELS", "models");

    /// <summary>Directory of test pictures (sub-folders <c>lfw</c>, <c>group</c>), from <c>FACEGRID_TEST_DATA</c>; skips the test when missing.</summary>
    public static string Pictures => Require("FACEGRID_TEST_DATA", "pictures");

    /// <summary>Skips the running test with <paramref name="reason"/>, or fails it where skipping is not allowed.</summary>
    /// <param name="reason">What is missing and how to provide it.</param>
    public static void Skip(string reason)
    {
        if (Environment.GetEnvironmentVariable("FACEGRID_TESTS_NO_SKIP") == "1")
        {
            Assert.Fail($"Skipping is not allowed here: {reason}");
        }

        Assert.Skip(reason);
    }

    private static string Require(string variable, string what)
    {
        string? path = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrEmpty(path) || !Directory.Exists(path))
        {
            Skip($"set {variable} to a directory with {what} to run this test");
        }

        return Path.GetFullPath(path!);
    }
}
