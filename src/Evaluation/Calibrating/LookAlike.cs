namespace FaceGrid.Evaluation.Calibrating;

/// <summary>Two people who are nearer to each other than the tail explains: twins, siblings, or one person under two names.</summary>
/// <param name="A">A person.</param>
/// <param name="B">Another.</param>
/// <param name="Distance">Distance of their nearest pictures.</param>
internal sealed record LookAlike(string A, string B, double Distance);
