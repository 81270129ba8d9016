using System.CommandLine;
using FaceGrid.Cli.Shell;
using FaceGrid.Models;
using FaceGrid.Vision;

namespace FaceGrid.Cli.Evaluation.Faces;

/// <summary>The options of every command that measures labelled pictures in this process.</summary>
internal sealed class SetOptions
{
    private readonly Option<string> data = new("--data") { Description = "Directory with pictures, one directory per person, in zip files or unpacked; with pairs.txt for a protocol of pairs.", Required = true };
    private readonly Option<string> detector = new("--detector") { Description = "Profile id, or path of a profile file.", DefaultValueFactory = _ => new VisionOptions().Detector };
    private readonly Option<string?> models = new("--models") { Description = "Directory of models. Also FACEGRID_MODELS." };
    private readonly Option<string> codec = new("--codec")
    {
        Description = "What decodes the pictures: imagesharp or skia.",
        DefaultValueFactory = _ => new VisionOptions().Codec,
    };

    private readonly Option<int> threads = new("--threads") { Description = "Threads to work with; 0 is one per processor.", DefaultValueFactory = _ => 0 };
    private readonly Option<string?> vectors = new("--vectors") { Description = "Directory in which vectors are kept, and taken from the next time." };

    private readonly Option<string?> only = new("--only") { Description = "Text file with the names of people, one a line: the others are left out." };

    /// <summary>Adds the options.</summary>
    /// <param name="command">The command.</param>
    /// <param name="choosesPeople">True to let the caller leave people out: those that an embedder was trained on, say, whom no calibration may be made with.</param>
    public SetOptions(Command command, bool choosesPeople = false)
    {
        if (choosesPeople)
        {
            command.Add(only);
        }

        CommandRanges.Between(threads, 0, 1024);
        command.Add(data);
        command.Add(detector);
        command.Add(models);
        command.Add(codec);
        command.Add(threads);
        command.Add(vectors);
    }

    /// <summary>Opens the pictures.</summary>
    /// <param name="session">The run.</param>
    /// <returns>Names; nothing is read yet.</returns>
    public LabelledPictures Open(Session session)
    {
        LabelledPictures pictures = LabelledPictures.Open(session.Parsed.GetValue(data)!);
        if (pictures.OfNobody > 0)
        {
            session.Terminal.Note($"{pictures.OfNobody} pictures lie in no person's directory and are left out.");
        }

        return pictures;
    }

    /// <summary>Threads to work with.</summary>
    /// <param name="session">The run.</param>
    /// <returns>1 or more.</returns>
    public int Threads(Session session) => session.Parsed.GetValue(threads) is var asked and > 0 ? asked : Environment.ProcessorCount;

    /// <summary>Finds a profile.</summary>
    /// <param name="session">The run.</param>
    /// <param name="embedder">Profile id, or path of a profile file.</param>
    /// <returns>The profile.</returns>
    public EmbedderProfile Profile(Session session, string embedder) => new ModelStore(session.Parsed.GetValue(models)).GetProfile<EmbedderProfile>(embedder);

    /// <summary>Embeds the pictures.</summary>
    /// <param name="session">The run.</param>
    /// <param name="pictures">The pictures.</param>
    /// <param name="embedder">Profile id, or path of a profile file.</param>
    /// <param name="wanted">Indexes of the pictures to embed; null for all.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The set.</returns>
    public async Task<FaceSet> EmbedAsync(Session session, LabelledPictures pictures, string embedder, int[]? wanted, CancellationToken cancellationToken)
    {
        int workers = Threads(session);
        VisionOptions options = new()
        {
            Detector = session.Parsed.GetValue(detector)!,
            Embedder = embedder,
            ModelDirectory = session.Parsed.GetValue(models),
            Codec = session.Parsed.GetValue(codec)!,
            Concurrency = workers,
            QueueLengthMax = 4 * workers,

            // The eyes of a face in profile lie close together in the picture; the reference figures embed it all the same.
            FaceSizeMinPixels = 0,
        };
        FaceSet set = await FaceSetBuilder.BuildAsync(
            session, pictures, options, wanted ?? [.. Enumerable.Range(0, pictures.Files.Length)], session.Parsed.GetValue(vectors), cancellationToken);
        return session.Parsed.GetValue(only) is { } file
            ? set.Only((await File.ReadAllLinesAsync(file, cancellationToken)).Select(line => line.Trim()).ToHashSet(StringComparer.Ordinal))
            : set;
    }
}
