namespace FaceGrid.Cli.Enrolment;

/// <summary>One picture to enrol.</summary>
/// <param name="Person">The person's id.</param>
/// <param name="Name">The person's display name, where it differs from the id; else null.</param>
/// <param name="Path">The file.</param>
/// <param name="Length">The file's length in bytes.</param>
/// <param name="ModifiedTicks">The file's last change, UTC, in ticks of 100 ns.</param>
internal sealed record EnrolPicture(string Person, string? Name, string Path, long Length, long ModifiedTicks);
