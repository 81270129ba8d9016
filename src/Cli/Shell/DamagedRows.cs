using System.Text.Json;
using FaceGrid.Client;

namespace FaceGrid.Cli.Shell;

/// <summary>
/// Ids of rows that the grid cannot read, gathered while a list is read. They belong to the answer, because without them an incomplete list
/// looks complete.
/// </summary>
internal sealed class DamagedRows
{
    private readonly List<string> _ids = [];

    /// <summary>The ids, for a JSON document; null where there is none, so that the member is left out as in the grid's lists.</summary>
    public IReadOnlyList<string>? Ids => _ids.Count == 0 ? null : _ids;

    /// <summary>Takes the ids of a page.</summary>
    /// <param name="page">A list of the API.</param>
    public void Add(JsonElement page)
    {
        foreach (JsonElement id in page.Items("damaged"))
        {
            _ids.Add(id.GetString()!);
        }
    }

    /// <summary>Writes to standard error who is not in the list.</summary>
    /// <param name="terminal">Where to print.</param>
    /// <returns>How the command ends: <see cref="ExitCode.Partial"/> when rows are damaged.</returns>
    public ExitCode Tell(Terminal terminal)
    {
        if (_ids.Count == 0)
        {
            return ExitCode.Ok;
        }

        terminal.Note($"facegrid: not listed, because their rows are damaged: {string.Join(", ", _ids)}");
        return ExitCode.Partial;
    }
}
