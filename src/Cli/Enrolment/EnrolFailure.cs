namespace FaceGrid.Cli.Enrolment;

/// <summary>A picture that was not enrolled.</summary>
/// <param name="File">The file.</param>
/// <param name="Person">The person's id.</param>
/// <param name="Code">The grid's code, or <c>file</c> when the file could not be read.</param>
/// <param name="Detail">One sentence.</param>
internal sealed record EnrolFailure(string File, string Person, string Code, string Detail);
