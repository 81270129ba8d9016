namespace FaceGrid.Tests.Support;

/// <summary>The machine's ffmpeg, which some tests need.</summary>
public static class Ffmpeg
{
    /// <summary>Skips the running test where there is none.</summary>
    public static void Require()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, "ffmpeg"))))
        {
            TestData.Skip("install ffmpeg to run this test");
        }
    }
}
