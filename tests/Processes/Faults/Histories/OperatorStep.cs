namespace FaceGrid.Tests.Faults.Histories;

/// <summary>A step of a gallery's migration to another model, as its operator saw it.</summary>
/// <param name="Step">What was asked for.</param>
/// <param name="Start">When the request was about to be sent.</param>
/// <param name="Problem">As in <see cref="IdentifyRecord"/>; null when it was taken.</param>
internal sealed record OperatorStep(string Step, long Start, string? Problem);
