namespace FaceGrid.Models;

/// <summary>
/// The pipeline cannot start: a setting, a profile, a model file or an execution provider is missing or wrong. The message names the fix.
/// </summary>
public sealed class VisionSetupException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">Stable code; see <see cref="Code"/>.</param>
    /// <param name="message">What is wrong and how to fix it.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public VisionSetupException(string code, string message, Exception? innerException = null)
        : base(message, innerException) => Code = code;

    /// <summary>
    /// Stable code: <c>options-invalid</c>, <c>profile-missing</c>, <c>profile-invalid</c>, <c>model-missing</c>, <c>model-altered</c>,
    /// <c>model-unusable</c>, <c>download-failed</c> or <c>provider-unavailable</c>.
    /// </summary>
    public string Code { get; }
}
