namespace FaceGrid.Client;

/// <summary>What a gallery keeps of enrolled faces.</summary>
/// <param name="Crops">True for aligned cut-outs, from which another model can make new vectors; they are pictures of people.</param>
public sealed record EnrolmentWrite(bool Crops);
