using FaceGrid.Cli.Shell;
using FaceGrid.Client;

namespace FaceGrid.Cli.Enrolment;

/// <summary>Reads a folder and says which picture belongs to whom.</summary>
internal static class EnrolPlan
{
    /// <summary>One sub-folder per person, or one person for everything.</summary>
    /// <param name="path">A folder, or with <paramref name="person"/> also a file.</param>
    /// <param name="person">The person whom all pictures show, or null.</param>
    /// <param name="first">Take this many pictures of each person, in the ordinal order of their file names; null for all.</param>
    /// <returns>The pictures: people in ordinal order, pictures of a person in ordinal order.</returns>
    /// <exception cref="CliException">The folder has another layout, or two folders would become one person.</exception>
    public static List<EnrolPicture> Read(string path, string? person, int? first)
    {
        if (person is not null && File.Exists(path))
        {
            return [Describe(person, name: null, path)];
        }

        if (!Directory.Exists(path))
        {
            throw new CliException(
                File.Exists(path) ? $"'{path}' is a file; say whose it is with --person." : $"There is no folder '{path}'.", "file");
        }

        if (person is not null)
        {
            return [.. Pictures(path, first).Select(file => Describe(person, name: null, file))];
        }

        string[] folders =
        [
            .. Directory.GetDirectories(path).Where(folder => !Path.GetFileName(folder).StartsWith('.')).Order(StringComparer.Ordinal),
        ];
        if (folders.Length == 0)
        {
            throw CliException.Usage(
                $"'{path}' has no sub-folders. One sub-folder per person is expected; for pictures of one person add --person <id>.");
        }

        return ReadPeople(folders, first);
    }

    private static List<EnrolPicture> ReadPeople(string[] folders, int? first)
    {
        Dictionary<string, string> nameOf = new(StringComparer.Ordinal);
        List<EnrolPicture> pictures = [];
        foreach (string folder in folders)
        {
            string name = Path.GetFileName(folder);
            string id = ClusterPaths.PersonIdOf(name);
            if (id.Length > ClusterPaths.PersonIdLengthMax)
            {
                throw new CliException(
                    $"The folder name '{name}' is longer than a person id may be ({ClusterPaths.PersonIdLengthMax} characters).",
                    "invalid-person-id");
            }

            // Two people under one id would be one person from then on, and nobody would notice.
            if (!nameOf.TryAdd(id, name))
            {
                throw new CliException(
                    $"The folders '{nameOf[id]}' and '{name}' would both become the person '{id}'; rename one.", "invalid-person-id");
            }

            pictures.AddRange(Pictures(folder, first).Select(file => Describe(id, id == name ? null : name, file)));
        }

        return pictures;
    }

    private static IEnumerable<string> Pictures(string folder, int? first) => Directory.GetFiles(folder)
        .Where(Picture.IsPictureName)
        .OrderBy(Path.GetFileName, StringComparer.Ordinal)
        .Take(first ?? int.MaxValue);

    private static EnrolPicture Describe(string person, string? name, string file)
    {
        FileInfo info = new(file);
        return new EnrolPicture(person, name, file, info.Length, info.LastWriteTimeUtc.Ticks);
    }
}
