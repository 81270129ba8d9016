using System.Diagnostics;
using System.Text.Json;
using FaceGrid.Tests.Faults.Histories;

namespace FaceGrid.Tests.Faults.Clusters;

/// <summary>A client that enrols, deletes, verifies and identifies by picture, in a gallery that cameras look into and that migrates between models, and records what it asked and was told.</summary>
/// <param name="calls">Calls nodes.</param>
/// <param name="history">Where it records.</param>
/// <param name="pool">The pictures.</param>
/// <param name="random">Its choices.</param>
internal sealed class PictureClient(GridCalls calls, History history, FacePool pool, Random random)
{
    private const int People = 4;

    /// <summary>Reading pictures takes most of the processor, so there are few.</summary>
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(800);

    private readonly PicturePeople _people = new(calls, history, pool, People);

    /// <summary>Asks until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (calls.AnyNode(random) is { } node && _people.Any(random) is { } face)
            {
                await (random.Next(10) switch
                {
                    < 3 => _people.WriteAsync(node, face),
                    < 8 => AskAsync(node, face, claimed: null),
                    _ => AskAsync(node, face, claimed: face),
                });
            }

            await Task.Delay(PauseMax * random.NextDouble(), CancellationToken.None);
        }
    }

    /// <summary>Asks one node whose a face is.</summary>
    /// <param name="node">Who is asked.</param>
    /// <param name="face">Whose face.</param>
    /// <param name="claimed">Who it is said to be, or null to search everybody.</param>
    /// <returns>The record, which is in the history already.</returns>
    public async Task<FaceQuestion> AskAsync(string node, string face, string? claimed)
    {
        long start = Stopwatch.GetTimestamp();
        (string? problem, JsonElement body) = await calls.PostPictureAsync(node, PicturePeople.Gallery + (claimed is null ? "/identify?limit=2" : $"/people/{claimed}/verify"), pool.PictureOf(face));
        string? named = problem is not null ? null : claimed is null ? FaceAnswers.NamedIn(body) : body.GetProperty("match").GetBoolean() ? claimed : null;
        var record = new FaceQuestion(node, start, Stopwatch.GetTimestamp(), face, claimed, problem, named, problem is not null || claimed is not null || body.GetProperty("complete").GetBoolean());
        history.FaceQuestions.Enqueue(record);
        return record;
    }
}
