using FaceGrid.Gateway;
using FaceGrid.Models;
using FaceGrid.Storage;

namespace FaceGrid.Silo;

/// <summary>Chooses the sentence and the exit code for a node that cannot start.</summary>
internal static class StartAdvice
{
    /// <summary>The sentence and the exit code for a failure at start.</summary>
    /// <param name="failure">What stopped the start.</param>
    /// <returns>Null for an unforeseen failure: the process then ends with a stack trace.</returns>
    public static (string Sentence, int ExitCode)? For(Exception failure) => failure switch
    {
        StorageException { MayPass: true } => (failure.Message, StartFailure.RestartExitCode),
        VisionSetupException or StorageException or NodeConfigurationException => (failure.Message, StartFailure.ExitCode),
        _ => StartFailure.Of(failure),
    };
}
