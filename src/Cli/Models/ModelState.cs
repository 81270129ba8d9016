using FaceGrid.Models;

namespace FaceGrid.Cli.Models;

/// <summary>A profile and the state of its file on this machine.</summary>
/// <param name="Profile">The profile's id.</param>
/// <param name="Kind">Detector or embedder.</param>
/// <param name="Description">One line.</param>
/// <param name="File">The file's name.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its digest.</param>
/// <param name="Licence">Licence of the weights.</param>
/// <param name="Exercised">True when this project has measured it.</param>
/// <param name="Accuracy">How well people are told apart, 0 to 1, or null.</param>
/// <param name="Milliseconds">Milliseconds per crop or picture on one thread, or null.</param>
/// <param name="Path">Where the checked file is, or null.</param>
/// <param name="Problem">What is wrong with the file, or null.</param>
internal sealed record ModelState(
    string Profile,
    string Kind,
    string Description,
    string File,
    long Bytes,
    string Sha256,
    string Licence,
    bool Exercised,
    MeasuredFigure? Accuracy,
    MeasuredFigure? Milliseconds,
    string? Path,
    string? Problem)
{
    /// <summary>Looks for the file and checks it.</summary>
    /// <param name="store">Where to look.</param>
    /// <param name="profile">The profile.</param>
    /// <returns>Its state.</returns>
    public static ModelState Read(ModelStore store, ModelProfile profile)
    {
        string? path = null;
        string? problem = null;
        try
        {
            path = store.Find(profile);
        }
        catch (VisionSetupException e)
        {
            problem = $"{e.Message} ({e.Code})";
        }

        return new ModelState(
            profile.Id, profile.Kind, profile.Description, profile.File, profile.Bytes, profile.Sha256, profile.Licence, profile.Exercised,
            profile.Accuracy, profile.Milliseconds, path, problem);
    }
}
