namespace FaceGrid.Models;

/// <summary>The data and the command that a calibration was made with.</summary>
/// <param name="Data">Name of the labelled set.</param>
/// <param name="People">People with at least one picture in which a face was found.</param>
/// <param name="Pictures">Pictures of these people.</param>
/// <param name="PeoplePairs">Pairs of different people.</param>
/// <param name="MatedPairs">Pairs of pictures of one person.</param>
/// <param name="LookAlikes">
/// Pairs of people that are closer than the fitted tail explains: twins, siblings and wrong labels. They are left out of the fit. No
/// threshold separates them.
/// </param>
/// <param name="Detector">Id of the detector's profile.</param>
/// <param name="Date">Day of the measurement, ISO 8601.</param>
/// <param name="Command">The command of the measurement.</param>
public sealed record CalibrationSource(
    string Data, int People, int Pictures, long PeoplePairs, long MatedPairs, int LookAlikes, string Detector, string Date, string Command);
