using System.Text.Json;
using FaceGrid.Client;
using Spectre.Console;

namespace FaceGrid.Cli.Shell;

/// <summary>
/// Prints for people or for programs, never for both. Standard output gets the answer, and standard error gets everything else.
/// </summary>
internal sealed class Terminal
{
    private static readonly JsonSerializerOptions Indented = new(ClusterJson.Options) { WriteIndented = true };
    private readonly CliHost _host;

    /// <summary>Creates the printer of one run.</summary>
    /// <param name="host">Where it prints.</param>
    /// <param name="json">True when the caller asked for JSON.</param>
    public Terminal(CliHost host, bool json)
    {
        _host = host;
        IsJson = json || !host.OutIsTerminal;
        Out = Create(host.Out, host.OutIsTerminal);
        Error = Create(host.Error, host.ErrorIsTerminal);
    }

    /// <summary>True when the answer is JSON.</summary>
    public bool IsJson { get; }

    /// <summary>True when a progress bar makes sense.</summary>
    public bool CanAnimate => _host.ErrorIsTerminal;

    /// <summary>True when a person can answer a question.</summary>
    public bool CanAsk => _host.InIsTerminal && _host.ErrorIsTerminal;

    /// <summary>Standard output, for people.</summary>
    public IAnsiConsole Out { get; }

    /// <summary>Standard error.</summary>
    public IAnsiConsole Error { get; }

    /// <summary>Prints one JSON document and a line break.</summary>
    /// <typeparam name="T">Any serialisable type.</typeparam>
    /// <param name="value">The document.</param>
    public void WriteJson<T>(T value) =>
        _host.Out.WriteLine(JsonSerializer.Serialize(value, _host.OutIsTerminal ? Indented : ClusterJson.Options));

    /// <summary>Prints what a command did: a document for programs, a sentence for people.</summary>
    /// <typeparam name="T">Any serialisable type.</typeparam>
    /// <param name="answer">The document.</param>
    /// <param name="sentence">The sentence.</param>
    /// <returns><see cref="ExitCode.Ok"/>.</returns>
    public ExitCode Answer<T>(T answer, string sentence)
    {
        if (IsJson)
        {
            WriteJson(answer);
        }
        else
        {
            WriteLine(sentence);
        }

        return ExitCode.Ok;
    }

    /// <summary>Prints a plain line to standard output, without markup.</summary>
    /// <param name="line">The line.</param>
    public void WriteLine(string line) => _host.Out.WriteLine(line);

    /// <summary>Prints a plain line to standard error, without markup.</summary>
    /// <param name="line">The line.</param>
    public void Note(string line)
    {
        lock (_host)
        {
            _host.Error.WriteLine(line);
        }
    }

    /// <summary>Prints a table for people.</summary>
    /// <param name="columns">Headings; one that starts with '&gt;' is aligned right.</param>
    /// <param name="rows">As many cells as headings each, plain text.</param>
    public void WriteTable(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        Table table = new() { Border = TableBorder.Simple };
        foreach (string column in columns)
        {
            bool right = column.StartsWith('>');
            TableColumn heading = new(Markup.Escape(right ? column[1..] : column)) { Alignment = right ? Justify.Right : Justify.Left };
            table.AddColumn(heading);
        }

        foreach (IReadOnlyList<string> row in rows)
        {
            table.AddRow([.. row.Select(cell => new Text(cell))]);
        }

        Out.Write(table);
    }

    private static IAnsiConsole Create(TextWriter writer, bool isTerminal) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
        Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
    });
}
