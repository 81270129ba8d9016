namespace FaceGrid.Models;

/// <summary>What a calibration was made from.</summary>
/// <param name="Data">Name of the labelled set.</param>
/// <param name="People">People with a picture that has a face.</param>
/// <param name="Pictures">Their pictures.</param>
/// <param name="PeoplePairs">Pairs of different people.</param>
/// <param name="MatedPairs">Pairs of pictures of one person.</param>
/// <param name="LookAlikes">
/// Pairs of people closer than the tail explains: twins, siblings, and mistakes of the labels. They are left out of the tail, and no
/// threshold keeps them apart.
/// </param>
/// <param name="Detector">The detector's profile.</param>
/// <param name="Date">Day, ISO 8601.</param>
/// <param name="Command">The command that made it.</param>
public sealed record CalibrationSource(
    string Data, int People, int Pictures, long PeoplePairs, long MatedPairs, int LookAlikes, string Detector, string Date, string Command);
