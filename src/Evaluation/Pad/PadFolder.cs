using FaceGrid.Client;

namespace FaceGrid.Evaluation.Pad;

/// <summary>
/// A labelled folder. Live faces are in <c>live</c>, and each kind of attack is in a folder of its own name. Folders below these are read,
/// too.
/// </summary>
internal static class PadFolder
{
    /// <summary>The folder of live faces.</summary>
    public const string Live = "live";

    /// <summary>Lists the pictures.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="oneClass">True to accept a folder without live faces, or with live faces only.</param>
    /// <returns>Kind and file of each, in ordinal order; nothing is read yet.</returns>
    /// <exception cref="EvaluationException">The folder has another layout.</exception>
    public static List<(string Kind, string File)> Read(string path, bool oneClass)
    {
        if (!Directory.Exists(path))
        {
            throw new EvaluationException($"There is no folder '{path}'.", "file");
        }

        string[] folders =
        [
            .. Directory.GetDirectories(path).Where(folder => !Path.GetFileName(folder).StartsWith('.')).Order(StringComparer.Ordinal),
        ];
        if (folders.Length == 0)
        {
            throw EvaluationException.Usage(
                $"'{path}' has no sub-folders. Expected: live/ with live faces, and a folder for each kind of attack, such as print/ "
                    + "and replay/.");
        }

        List<(string Kind, string File)> pictures = [];
        foreach (string folder in folders)
        {
            string[] files =
            [
                .. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(Picture.IsPictureName).Order(StringComparer.Ordinal),
            ];
            pictures.AddRange(files.Length > 0
                ? files.Select(file => (Path.GetFileName(folder), file))
                : throw EvaluationException.Usage($"The folder '{folder}' holds no picture."));
        }

        bool hasLive = pictures.Exists(picture => picture.Kind == Live), hasAttack = pictures.Exists(picture => picture.Kind != Live);
        return (hasLive && hasAttack) || oneClass
            ? pictures
            : throw EvaluationException.Usage(
                $"'{path}' has {(hasLive ? "only live faces" : "no live faces (folder live)")}, so half of the errors cannot be "
                    + "measured. With --one-class the other half is.");
    }
}
