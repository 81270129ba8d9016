using System.CommandLine;
using FaceGrid.Cli.Shell;
using FaceGrid.Evaluation.Faces;

namespace FaceGrid.Cli.Evaluation;

/// <summary>The options of every evaluation that sends labelled pictures to a running grid.</summary>
internal sealed class GridRunOptions
{
    private readonly Option<string> _data = new("--data")
    {
        Description = "Directory with pictures, one directory per person, unpacked or in zip files (like Labeled Faces in the Wild).",
        Required = true,
    };
    private readonly Option<int> _concurrency = new("--concurrency")
    {
        Description = "Most pictures in flight, 1 to 256.",
        DefaultValueFactory = _ => 4,
    };
    private readonly FiguresOption _output = new();

    /// <summary>Adds the options.</summary>
    /// <param name="command">The command.</param>
    public GridRunOptions(Command command)
    {
        CommandRanges.Between(_concurrency, 1, 256);
        command.Add(_data);
        command.Add(_concurrency);
        command.Add(_output);
    }

    /// <summary>Opens the pictures.</summary>
    /// <param name="session">The run.</param>
    /// <returns>The data set. Only names are read yet.</returns>
    public LabelledPictures Open(Session session) => LabelledPictures.Open(session.Parsed.GetValue(_data)!);

    /// <summary>Most pictures in flight.</summary>
    /// <param name="session">The run.</param>
    /// <returns>1 to 256.</returns>
    public int Concurrency(Session session) => session.Parsed.GetValue(_concurrency);

    /// <summary>Writes the figures to a file, when the caller asked for one.</summary>
    /// <typeparam name="T">Any serialisable type.</typeparam>
    /// <param name="session">The run.</param>
    /// <param name="figures">What was measured.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>Completes when the file is written.</returns>
    public Task WriteAsync<T>(Session session, T figures, CancellationToken cancellationToken) =>
        _output.WriteAsync(session, figures, cancellationToken);
}
