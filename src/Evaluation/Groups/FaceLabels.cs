using System.Text.RegularExpressions;
using FaceGrid.Evaluation.Faces;
using Microsoft.VisualBasic.FileIO;

namespace FaceGrid.Evaluation.Groups;

/// <summary>What is known of each picture of a set beside its person, for example age, sex and light.</summary>
/// <param name="Columns">Names of the labels, in the order of the source.</param>
/// <param name="Values">A value per picture and column; null for a picture without labels.</param>
/// <param name="People">Who each picture shows: the label <c>person</c> where there is one, else its directory.</param>
/// <param name="Unlabelled">Pictures without labels.</param>
/// <param name="Unknown">Lines of the file that name no picture of the set.</param>
internal sealed partial record FaceLabels(
    IReadOnlyList<string> Columns, IReadOnlyList<string[]?> Values, IReadOnlyList<string> People, int Unlabelled, int Unknown)
{
    /// <summary>The label that says who a picture shows.</summary>
    public const string Person = "person";

    private const string File = "file";

    /// <summary>Reads labels from a CSV file with a head line, one column named <c>file</c>, and one line per picture.</summary>
    /// <param name="path">The file. Cells may be quoted, as RFC 4180 says.</param>
    /// <param name="files">Names of the pictures, <c>Person/file</c>.</param>
    /// <returns>The labels. A line may name a picture without its directory when only one picture has that name.</returns>
    /// <exception cref="EvaluationException">The file cannot be read as such, or it names no picture of the set.</exception>
    public static FaceLabels ReadCsv(string path, IReadOnlyList<string> files)
    {
        if (!System.IO.File.Exists(path))
        {
            throw new EvaluationException($"There is no file '{path}'.", "file");
        }

        ILookup<string, int> byName = files.Index().SelectMany(file => NamesOf(file.Item).Select(name => (Name: name, file.Index)))
            .ToLookup(file => file.Name, file => file.Index, StringComparer.Ordinal);
        string[][] rows = ReadRows(path);
        int fileColumn = Array.FindIndex(rows[0], name => name.Equals(File, StringComparison.OrdinalIgnoreCase));
        int[] others = [.. Enumerable.Range(0, rows[0].Length).Where(column => column != fileColumn)];
        if (fileColumn < 0 || others.Length == 0)
        {
            throw new EvaluationException($"The first line of '{path}' must name the column 'file' and at least one label.", "file");
        }

        string[]?[] values = new string[files.Count][];
        int unknown = 0;
        foreach ((int line, string[] row) in rows.Index().Skip(1))
        {
            if (row.Length != rows[0].Length)
            {
                throw new EvaluationException(
                    $"Line {line + 1} of '{path}' has {row.Length} cells, and the first line has {rows[0].Length}.", "file");
            }

            int[] named = [.. byName[row[fileColumn].Replace('\\', '/')]];
            string[] labels = [.. others.Select(column => row[column].Trim())];
            switch (named)
            {
                case []:
                    unknown++;
                    break;
                case [var one] when values[one] is null || values[one]!.AsSpan().SequenceEqual(labels):
                    values[one] = labels;
                    break;
                case [_]:
                    throw new EvaluationException(
                        $"Line {line + 1} of '{path}' gives a picture other labels than a line before it.", "file");
                default:
                    throw new EvaluationException(
                        $"Line {line + 1} of '{path}' fits {named.Length} pictures. Write its directory before the name.", "file");
            }
        }

        return values.All(labels => labels is null)
            ? throw new EvaluationException($"'{path}' names no picture of the set.", "file")
            : Of([.. others.Select(column => rows[0][column].Trim())], values, files, unknown);
    }

    /// <summary>Takes labels from the names of the pictures.</summary>
    /// <param name="pattern">
    /// The form of a name: <c>{label}</c> stands for one or more characters, <c>*</c> for any, all else for itself. For example
    /// <c>{age}_{sex}_*</c>. A label ends where the character after it begins.
    /// </param>
    /// <param name="files">Names of the pictures, <c>Person/file</c>. The pattern is compared with the part after the slash.</param>
    /// <returns>The labels. A name that does not fit has none.</returns>
    /// <exception cref="EvaluationException">The pattern names no label or one twice, or it fits no picture.</exception>
    public static FaceLabels FromNames(string pattern, IReadOnlyList<string> files)
    {
        string[] columns = [.. Label().Matches(pattern).Select(match => match.Groups["name"].Value)];
        if (columns.Length == 0 || columns.Distinct(StringComparer.Ordinal).Count() < columns.Length)
        {
            throw EvaluationException.Usage(
                $"The pattern '{pattern}' must name labels, each once, as in {{age}}_{{sex}}_*.");
        }

        string form = EscapedLabel().Replace(Regex.Escape(pattern), "(.+?)").Replace(@"\*", ".*", StringComparison.Ordinal);
        Regex names = new($"^{form}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        string[]?[] values =
        [
            .. files.Select(file => names.Match(file[(file.IndexOf('/', StringComparison.Ordinal) + 1)..]))
                .Select(match => match.Success ? match.Groups.Values.Skip(1).Select(group => group.Value).ToArray() : null),
        ];
        return values.All(labels => labels is null)
            ? throw EvaluationException.Usage($"The pattern '{pattern}' fits no picture, for example not '{files[0]}'.")
            : Of(columns, values, files, unknown: 0);
    }

    /// <summary>Puts the numbers of one label into ranges.</summary>
    /// <param name="column">The label.</param>
    /// <param name="ends">The largest number of each range but the last, ascending.</param>
    /// <returns>Labels with <c>0-3</c>, <c>4-12</c> and so on in place of the numbers, for ends 3 and 12.</returns>
    /// <exception cref="EvaluationException">There is no such label, or a value of it is no whole number of 0 or more.</exception>
    public FaceLabels WithRanges(string column, IReadOnlyList<int> ends)
    {
        int index = Columns.ToList().IndexOf(column);
        if (index < 0)
        {
            throw EvaluationException.Usage($"There is no label '{column}'. The labels are {string.Join(", ", Columns)}.");
        }

        return this with
        {
            Values =
            [
                .. Values.Select(labels => labels is null
                    ? null
                    : labels[..index].Append(RangeOf(column, labels[index], ends)).Concat(labels[(index + 1)..]).ToArray()),
            ],
        };
    }

    private static string RangeOf(string column, string value, IReadOnlyList<int> ends)
    {
        if (!int.TryParse(value, out int number) || number < 0)
        {
            throw new EvaluationException($"The label '{column}' has the value '{value}', which is no number of 0 or more.", "file");
        }

        int range = ends.Count(end => end < number);
        int from = range == 0 ? 0 : ends[range - 1] + 1;
        return range < ends.Count ? $"{from}-{ends[range]}" : $"{from}+";
    }

    private static FaceLabels Of(string[] columns, string[]?[] values, IReadOnlyList<string> files, int unknown)
    {
        int person = Array.IndexOf(columns, Person);
        return new FaceLabels(
            columns,
            values,
            [.. files.Zip(values, (file, labels) => labels is not null && person >= 0 ? labels[person] : LabelledPictures.PersonOf(file))],
            values.Count(labels => labels is null),
            unknown);
    }

    [GeneratedRegex(@"\{(?<name>\w+)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Label();

    [GeneratedRegex(@"\\\{\w+\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex EscapedLabel();

    private static IEnumerable<string> NamesOf(string file) => [file, file[(file.IndexOf('/', StringComparison.Ordinal) + 1)..]];

    private static string[][] ReadRows(string path)
    {
        using TextFieldParser parser = new(path) { TextFieldType = FieldType.Delimited, HasFieldsEnclosedInQuotes = true };
        parser.SetDelimiters(",");
        List<string[]> rows = [];
        try
        {
            while (parser.ReadFields() is { } row)
            {
                rows.Add(row);
            }
        }
        catch (MalformedLineException mistake)
        {
            throw new EvaluationException($"Line {mistake.LineNumber} of '{path}' cannot be read as comma-separated values.", "file");
        }

        return rows.Count > 1 ? [.. rows] : throw new EvaluationException($"'{path}' has no lines below the first.", "file");
    }
}
