using System.CommandLine;
using FaceGrid.Cli.Shell;
using FaceGrid.Evaluation.Faces;
using FaceGrid.Models;

namespace FaceGrid.Cli.Evaluation;

/// <summary>The options of every command that measures labelled pictures in this process.</summary>
internal sealed class SetOptions
{
    private readonly Option<string> _data = new("--data")
    {
        Description = "Directory with pictures, one directory per person, in zip files or unpacked; with pairs.txt for a protocol of "
            + "pairs.",
        Required = true,
    };
    private readonly Option<string> _detector = new("--detector")
    {
        Description = "Profile id, or path of a profile file.",
        DefaultValueFactory = _ => DefaultProfiles.Detector,
    };
    private readonly Option<string?> _models = new("--models") { Description = "Directory of models. FACEGRID_MODELS sets it, too." };
    private readonly Option<int> _threads = new("--threads")
    {
        Description = "Threads to work with; 0 is one per processor.",
        DefaultValueFactory = _ => 0,
    };
    private readonly Option<string> _codec = new("--codec")
    {
        Description = "Codec of the pictures: imagesharp or skia.",
        DefaultValueFactory = _ => FaceSetPlan.DefaultCodec,
    };
    private readonly Option<string?> _vectors = new("--vectors")
    {
        Description = "Directory in which vectors are kept. The next run takes them from there.",
    };

    private readonly Option<string?> _only = new("--only")
    {
        Description = "Text file with names of people, one per line. All other people are left out.",
    };

    /// <summary>Adds the options.</summary>
    /// <param name="command">The command.</param>
    /// <param name="choosesPeople">
    /// True to let the caller leave people out. For example, no calibration may use people whom the embedder was trained on.
    /// </param>
    public SetOptions(Command command, bool choosesPeople = false)
    {
        if (choosesPeople)
        {
            command.Add(_only);
        }

        CommandRanges.Between(_threads, 0, 1024);
        command.Add(_data);
        command.Add(_detector);
        command.Add(_models);
        command.Add(_threads);
        command.Add(_codec);
        command.Add(_vectors);
    }

    /// <summary>Opens the pictures.</summary>
    /// <param name="session">The run.</param>
    /// <param name="loose">True to keep pictures that lie in no person's directory, each as a person of its own.</param>
    /// <returns>The data set. Only names are read yet.</returns>
    public LabelledPictures Open(Session session, bool loose = false)
    {
        LabelledPictures pictures = LabelledPictures.Open(session.Parsed.GetValue(_data)!, loose);
        if (pictures.OfNobody > 0)
        {
            session.Terminal.Note($"{pictures.OfNobody} pictures lie in no person's directory and are left out.");
        }

        return pictures;
    }

    /// <summary>Threads to work with.</summary>
    /// <param name="session">The run.</param>
    /// <returns>1 or more.</returns>
    public int Threads(Session session) => session.Parsed.GetValue(_threads) is var asked and > 0 ? asked : Environment.ProcessorCount;

    /// <summary>Finds a profile.</summary>
    /// <param name="session">The run.</param>
    /// <param name="embedder">Profile id, or path of a profile file.</param>
    /// <returns>The profile.</returns>
    public EmbedderProfile Profile(Session session, string embedder) =>
        new ModelStore(session.Parsed.GetValue(_models)).GetProfile<EmbedderProfile>(embedder);

    /// <summary>How the pictures become vectors.</summary>
    /// <param name="session">The run.</param>
    /// <param name="embedder">Profile id, or path of a profile file.</param>
    /// <returns>The plan.</returns>
    public FaceSetPlan Plan(Session session, string embedder) => new(
        session.Parsed.GetValue(_detector)!,
        embedder,
        session.Parsed.GetValue(_models),
        Threads(session),
        session.Parsed.GetValue(_codec)!,
        session.Parsed.GetValue(_vectors),
        session.Parsed.GetValue(_only) is { } file
            ? File.ReadLines(file).Select(line => line.Trim()).ToHashSet(StringComparer.Ordinal)
            : null);
}
