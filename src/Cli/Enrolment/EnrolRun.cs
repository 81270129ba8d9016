using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using FaceGrid.Cli.Shell;
using FaceGrid.Client;

namespace FaceGrid.Cli.Enrolment;

/// <summary>Sends pictures to the grid, several at once, and counts the outcomes.</summary>
/// <param name="session">The run.</param>
/// <param name="journal">Knows the pictures that are acknowledged already.</param>
/// <param name="face">Which face of several to take, as the query parameter of that name.</param>
/// <param name="force">True to skip the checks of the gallery's policy.</param>
internal sealed class EnrolRun(Session session, EnrolJournal journal, string face, bool force)
{
    private readonly ConcurrentBag<EnrolFailure> _failures = [];
    private readonly ConcurrentDictionary<string, Task> _names = new(StringComparer.Ordinal);
    private int _created;
    private int _known;
    private int _notYetSearchable;
    private int _quarantined;
    private int _tried;
    private string? _stopped;

    /// <summary>Enrols.</summary>
    /// <param name="pictures">All pictures found.</param>
    /// <param name="concurrency">Most pictures in flight.</param>
    /// <param name="again">True to send also pictures that the journal lists as acknowledged.</param>
    /// <param name="cancellationToken">Ends the work. What is done is reported.</param>
    /// <returns>The report.</returns>
    public async Task<EnrolReport> RunAsync(
        IReadOnlyList<EnrolPicture> pictures, int concurrency, bool again, CancellationToken cancellationToken)
    {
        long started = session.Host.Clock.GetTimestamp();
        List<EnrolPicture> todo = [.. pictures.Where(picture => again || !journal.Contains(picture))];
        await using (Progress progress = Progress.Start(session, "enrolling", todo.Count))
        {
            await SendAllAsync(todo, concurrency, progress, cancellationToken);
        }

        double seconds = session.Host.Clock.GetElapsedTime(started).TotalSeconds;
        return new EnrolReport
        {
            Server = session.Server.ToString(),
            Gallery = session.Gallery,
            Journal = journal.Path,
            Pictures = pictures.Count,
            People = pictures.Select(picture => picture.Person).Distinct(StringComparer.Ordinal).Count(),
            Created = _created,
            Known = _known,
            NotYetSearchable = _notYetSearchable,
            Quarantined = _quarantined,
            Skipped = pictures.Count - todo.Count,
            NotTried = todo.Count - _tried,
            Stopped = _stopped,
            Seconds = Math.Round(seconds, 3),
            PicturesPerSecond = Math.Round(seconds > 0 ? (_created + _known) / seconds : 0, 1),
            Failures = [.. _failures.OrderBy(failure => failure.File, StringComparer.Ordinal)],
        };
    }

    private async Task SendAllAsync(List<EnrolPicture> todo, int concurrency, Progress progress, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ParallelOptions options = new() { MaxDegreeOfParallelism = concurrency, CancellationToken = stop.Token };
        try
        {
            await Parallel.ForEachAsync(todo, options, async (picture, token) =>
            {
                if (!await TrySendAsync(picture, token))
                {
                    await stop.CancelAsync();
                }

                progress.Advance(failures: _failures.Count);
            });
        }
        catch (OperationCanceledException)
        {
            _stopped ??= "Stopped by the caller.";
        }
    }

    /// <summary>Sends one picture. Returns false when the run has to stop.</summary>
    [SuppressMessage("Design", "MA0051", Justification = "One story.")]
    private async Task<bool> TrySendAsync(EnrolPicture picture, CancellationToken cancellationToken)
    {
        try
        {
            Picture read = await Picture.ReadAsync(picture.Path, cancellationToken);
            ClusterAnswer answer = await session.Client.PostPictureAsync(
                $"{session.PersonPath(picture.Person)}/faces?face={face}{(force ? "&force=true" : "")}",
                read,
                cancellationToken);
            await NameAsync(picture, cancellationToken);
            Interlocked.Increment(ref _tried);
            Interlocked.Increment(
                ref answer.Status == 200 || answer.Body.Member("created") is { ValueKind: System.Text.Json.JsonValueKind.False }
                    ? ref _known
                    : ref _created);
            if (answer.Body.Member("review")?.Flag("quarantined") == true)
            {
                Interlocked.Increment(ref _quarantined);
            }

            if (answer.Status == 202)
            {
                Interlocked.Increment(ref _notYetSearchable);
            }

            journal.Add(picture);
            return true;
        }
        catch (ClusterProblemException problem) when (
            problem.IsTransient || problem.Status is 401 or 404 || problem.Code == ClusterProblemException.NotAGateway)
        {
            // Patience is used up, or the key or the gallery is wrong. Every other picture would fail in the same way.
            Interlocked.CompareExchange(ref _stopped, $"{problem.Message} ({problem.Code})", null);
            return false;
        }
        catch (ClusterProblemException problem)
        {
            Fail(picture, problem.Code, problem.Message);
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            Fail(picture, "file", problem.Message);
            return true;
        }
    }

    private void Fail(EnrolPicture picture, string code, string detail)
    {
        Interlocked.Increment(ref _tried);
        _failures.Add(new EnrolFailure(picture.Path, picture.Person, code, detail));
    }

    /// <summary>Gives the person their display name, once per run, after their first face was enrolled.</summary>
    private Task NameAsync(EnrolPicture picture, CancellationToken cancellationToken) => picture.Name is null
        ? Task.CompletedTask
        : _names.GetOrAdd(
            picture.Person,
            _ => session.Client.SendJsonAsync(HttpMethod.Put, session.PersonPath(picture.Person), new { picture.Name }, cancellationToken));
}
