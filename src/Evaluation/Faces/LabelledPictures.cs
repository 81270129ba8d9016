using System.IO.Compression;
using System.Runtime.CompilerServices;
using FaceGrid.Client;

namespace FaceGrid.Evaluation.Faces;

/// <summary>
/// Pictures of people, with one directory per person. They are read where they lie: in a directory, one level below it, or in its zip files
/// (Labeled Faces in the Wild has such files). There may be a list of pairs. Pictures are in the ordinal order of their names.
/// </summary>
internal sealed class LabelledPictures
{
    private readonly Dictionary<string, string> _sources;
    private readonly string _directory;

    private LabelledPictures(string directory, Dictionary<string, string> sources, int ofNobody)
    {
        _directory = directory;
        OfNobody = ofNobody;
        _sources = sources;
        Files = [.. sources.Keys.Order(StringComparer.Ordinal)];
        People = [.. Files.Select(PersonOf)];
    }

    /// <summary>Picture names, <c>Person/file</c>, in ordinal order.</summary>
    public string[] Files { get; }

    /// <summary>Who each picture shows. The list is as long as <see cref="Files"/>.</summary>
    public string[] People { get; }

    /// <summary>Pictures that lie in no person's directory and are left out.</summary>
    public int OfNobody { get; }

    /// <summary>The directory's own name.</summary>
    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(_directory)));

    /// <summary>The person of a picture's name.</summary>
    /// <param name="file">A name as in <see cref="Files"/>.</param>
    /// <returns>The directory's name.</returns>
    public static string PersonOf(string file) => file[..file.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>Looks for pictures.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="loose">
    /// True to keep pictures that lie in no person's directory. Each counts as a person of its own, <c>file/file</c>.
    /// </param>
    /// <returns>The data set. So far only names are read.</returns>
    /// <exception cref="EvaluationException">The directory has no pictures.</exception>
    public static LabelledPictures Open(string directory, bool loose = false)
    {
        if (!Directory.Exists(directory))
        {
            throw new EvaluationException($"There is no directory '{directory}'.", "file");
        }

        Dictionary<string, string> found = new(StringComparer.Ordinal);
        int ofNobody = 0;
        foreach (string zip in Directory.GetFiles(directory, "*.zip").Order(StringComparer.Ordinal))
        {
            using ZipArchive archive = ZipFile.OpenRead(zip);
            foreach (ZipArchiveEntry entry in archive.Entries.Where(entry => IsPictureOfPerson(entry, loose)))
            {
                found.TryAdd(NameOf(entry.FullName), zip);
            }
        }

        EnumerationOptions below = new() { RecurseSubdirectories = true, MaxRecursionDepth = 2 };
        foreach (string file in Directory.EnumerateFiles(directory, "*", below))
        {
            if (!Picture.IsPictureName(file))
            {
                continue;
            }

            bool isLoose = Path.GetDirectoryName(Path.GetFullPath(file)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
            if (isLoose && loose)
            {
                found.TryAdd(NameOf(Path.GetFileName(file)), file);
            }
            else if (isLoose)
            {
                ofNobody++;
            }
            else
            {
                found.TryAdd(NameOf(file), file);
            }
        }

        return found.Count > 0
            ? new LabelledPictures(directory, found, ofNobody)
            : throw new EvaluationException(
                $"'{directory}' holds no pictures of people, one directory per person, neither in zip files nor unpacked.", "file");
    }

    /// <summary>Reads the View 2 protocol.</summary>
    /// <returns>The pairs, fold by fold, in the file's order; empty when there is no <c>pairs.txt</c>.</returns>
    public IReadOnlyList<LabelledPair> ReadPairs()
    {
        string path = Path.Combine(_directory, "pairs.txt");
        if (!File.Exists(path))
        {
            return [];
        }

        Dictionary<string, int> indexOf = Files.Index().ToDictionary(file => file.Item, file => file.Index, StringComparer.Ordinal);
        string[] lines = File.ReadAllLines(path);
        int[] head = [.. lines[0].Split('\t', ' ').Select(int.Parse)];
        int foldPairs = 2 * head[1];
        return [.. lines.Skip(1).Where(line => line.Length > 0).Select((line, index) => ReadPair(line, index / foldPairs))];

        LabelledPair ReadPair(string line, int fold)
        {
            string[] parts = line.Split('\t', ' ');
            return parts.Length == 3
                ? new LabelledPair(fold, Find(parts[0], parts[1]), Find(parts[0], parts[2]), Mated: true)
                : new LabelledPair(fold, Find(parts[0], parts[1]), Find(parts[2], parts[3]), Mated: false);
        }

        int Find(string person, string number)
        {
            string file = $"{person}/{person}_{int.Parse(number):0000}.jpg";
            return indexOf.TryGetValue(file, out int index)
                ? index
                : throw new EvaluationException($"pairs.txt names {file}, which is not there.", "file");
        }
    }

    /// <summary>Reads pictures. One reader at a time: a zip file has one position.</summary>
    /// <param name="indexes">Indexes of the pictures.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>Index and bytes of each picture, in the order that is cheapest to read.</returns>
    public async IAsyncEnumerable<(int Index, byte[] Bytes)> ReadAsync(
        IEnumerable<int> indexes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IEnumerable<IGrouping<string, int>> groups = indexes
            .GroupBy(index => _sources[Files[index]], StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal);
        foreach (IGrouping<string, int> group in groups)
        {
            if (!group.Key.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            {
                yield return (group.First(), await File.ReadAllBytesAsync(group.Key, cancellationToken));
                continue;
            }

            using ZipArchive archive = ZipFile.OpenRead(group.Key);
            Dictionary<string, ZipArchiveEntry> entries = archive.Entries.Where(entry => entry.Name.Length > 0).ToDictionary(
                entry => NameOf(entry.FullName),
                StringComparer.Ordinal);
            foreach (int index in group)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ZipArchiveEntry entry = entries[Files[index]];
                byte[] bytes = new byte[entry.Length];
                using Stream stream = entry.Open();
                stream.ReadExactly(bytes);
                yield return (index, bytes);
            }
        }
    }

    /// <summary>Reads golden embeddings, where the directory has some.</summary>
    /// <param name="dimension">Their length.</param>
    /// <returns>Vectors by index into <see cref="Files"/>; null where there is none.</returns>
    public float[]?[]? ReadGolden(int dimension)
    {
        string list = Path.Combine(_directory, "files.txt");
        string path = Path.Combine(_directory, $"golden_foamliu_{dimension}.f32.bin");
        if (!File.Exists(list) || !File.Exists(path))
        {
            return null;
        }

        Dictionary<string, int> indexOf = Files.Index().ToDictionary(file => file.Item, file => file.Index, StringComparer.Ordinal);
        float[]?[] golden = new float[]?[Files.Length];
        using BinaryReader reader = new(new BufferedStream(File.OpenRead(path)));
        if (reader.ReadInt32() is var count && reader.ReadInt32() != dimension)
        {
            throw new EvaluationException($"'{path}' does not hold vectors of {dimension} numbers.", "file");
        }

        foreach (string file in File.ReadLines(list).Take(count))
        {
            float[] vector = new float[dimension];
            for (int i = 0; i < dimension; i++)
            {
                vector[i] = reader.ReadSingle();
            }

            if (indexOf.TryGetValue(file.Trim(), out int index))
            {
                golden[index] = vector;
            }
        }

        return golden;
    }

    private static bool IsPictureOfPerson(ZipArchiveEntry entry, bool loose) =>
        Picture.IsPictureName(entry.Name) && (loose || entry.FullName.Contains('/', StringComparison.Ordinal));

    private static string NameOf(string path)
    {
        string[] parts = path.Split('/', '\\');
        return parts.Length < 2 ? $"{path}/{path}" : $"{parts[^2]}/{parts[^1]}";
    }
}
