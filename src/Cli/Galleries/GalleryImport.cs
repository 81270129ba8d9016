using System.Text.Json;
using System.Text.Json.Nodes;
using FaceGrid.Cli.Shell;
using FaceGrid.Client;

namespace FaceGrid.Cli.Galleries;

/// <summary>Reads a gallery file into a gallery through the bulk endpoint, batch by batch, and can go on where it stopped.</summary>
internal sealed class GalleryImport
{
    // Keeps a request well below the smallest body limit a gateway is likely to have.
    private const long BatchBytesMax = 4 << 20;

    /// <summary>A gallery that this import creates gets the file's policy.</summary>
    public const string PolicyNew = "new";

    /// <summary>Every gallery gets the file's policy.</summary>
    public const string PolicyAlways = "always";

    /// <summary>No gallery gets the file's policy.</summary>
    public const string PolicyNever = "never";

    /// <summary>The word in a report when the gallery did not get the file's policy.</summary>
    public const string LeftAlone = "left-alone";

    private readonly List<GalleryImportFailure> _failures = [];
    private readonly Session _session;
    private readonly GalleryFileHeader _header;
    private readonly string _policy;
    private bool _isNew;
    private long _created;
    private long _updated;
    private long _notYetSearchable;

    private GalleryImport(Session session, GalleryFileHeader header, string policy)
    {
        _session = session;
        _header = header;
        _policy = policy;
    }

    private bool Applies => _policy == PolicyAlways || (_policy == PolicyNew && _isNew);

    /// <summary>Imports.</summary>
    /// <param name="session">The run.</param>
    /// <param name="path">The file.</param>
    /// <param name="batch">People per request.</param>
    /// <param name="state">The journal's file where the caller names one, or null.</param>
    /// <param name="policy"><see cref="PolicyNew"/>, <see cref="PolicyAlways"/> or <see cref="PolicyNever"/>.</param>
    /// <param name="cancellationToken">Ends the work. What is done stays, and a second run continues.</param>
    /// <returns>The report.</returns>
    /// <exception cref="CliException">
    /// The file is damaged or newer, the gallery has another contract, or the grid does not take the file's policy.
    /// </exception>
    public static async Task<GalleryImportReport> RunAsync(
        Session session, string path, int batch, string? state, string policy, CancellationToken cancellationToken)
    {
        long started = session.Host.Clock.GetTimestamp();
        (GalleryFileHeader header, GalleryFileFooter footer) = await GalleryFileReader.CheckAsync(path, cancellationToken);
        GalleryImport import = new(session, header, policy);
        GalleryImportJournal journal = GalleryImportJournal.Open(
            state, path, StateDirectory.Find(session.Host), $"{session.Server}|{session.Gallery}", footer.Sha256);
        string? birth = await import.PrepareAsync(journal, cancellationToken);
        (long skipped, IReadOnlyList<GalleryImportFailure> earlier, _, _) = journal.Read(birth);
        import._failures.AddRange(earlier);
        int noted = earlier.Count;
        await using (Progress progress = Progress.Start(session, "importing", footer.People - skipped))
        {
            await import.SendAllAsync(path, batch, skipped, Note, progress, cancellationToken);
        }

        void Note(long done)
        {
            journal.Write(birth, done, import._failures.Skip(noted));
            noted = import._failures.Count;
        }

        await import.CompletePolicyAsync(cancellationToken);
        journal.Remove();
        return new GalleryImportReport(
            path,
            session.Gallery,
            footer.People,
            import._created,
            import._updated,
            import._notYetSearchable,
            skipped,
            header is { Policy: null, VerifyThreshold: null, IdentifyThreshold: null } ? "none" : import.Applies ? "applied" : LeftAlone,
            Math.Round(session.Host.Clock.GetElapsedTime(started).TotalSeconds, 3),
            import._failures);
    }

    /// <summary>
    /// Creates the gallery where it is missing, and finds out whether this import has made it, now or in an earlier run.
    /// </summary>
    /// <returns>When the gallery was made, as the grid says.</returns>
    private async Task<string?> PrepareAsync(GalleryImportJournal journal, CancellationToken cancellationToken)
    {
        JsonElement gallery;
        try
        {
            gallery = (await _session.Client.GetAsync(_session.GalleryPath, cancellationToken)).Body;
            RequireContract(gallery);
            (_, _, bool created, bool intended) = journal.Read(gallery.Text("createdAt"));
            bool isOurs = !created && intended && IsAsMade(gallery);
            _isNew = created || isOurs;
            if (isOurs)
            {
                journal.Write(gallery.Text("createdAt"), 0, created: true);
            }
        }
        catch (ClusterProblemException problem) when (problem.Code == "gallery-not-found")
        {
            _isNew = true;
            journal.Intend();
            try
            {
                gallery = await PutFirstAsync(cancellationToken);
            }
            catch (CliException)
            {
                journal.Remove(); // The grid refused, so the gallery does not exist.
                throw;
            }

            journal.Write(gallery.Text("createdAt"), 0, created: true);
            return gallery.Text("createdAt");
        }

        if (_policy == PolicyAlways || (_header.Contract is not null && GalleryContract.Of(gallery) is null))
        {
            gallery = await PutFirstAsync(cancellationToken);
        }

        return gallery.Text("createdAt");
    }

    /// <summary>
    /// Whether a gallery is exactly as this import makes it. A gallery that somebody else has made since then with other settings is not
    /// this import's.
    /// </summary>
    private bool IsAsMade(JsonElement gallery)
    {
        GalleryFileHeader now = GalleryExport.HeaderOf(gallery, _session.Gallery, _header.ExportedAt);
        return (now.Contract, now.VerifyThreshold, now.IdentifyThreshold) == (
            _header.Contract, _header.VerifyThreshold, _header.IdentifyThreshold)
            && JsonNode.DeepEquals(now.Policy, GalleryFilePolicy.First(_header.Policy));
    }

    /// <summary>
    /// Creates the gallery, or binds it, and puts the part of the policy in force that cannot keep anybody of the file out. A promise that
    /// the grid cannot keep is refused here, before anybody is imported.
    /// </summary>
    private async Task<JsonElement> PutFirstAsync(CancellationToken cancellationToken)
    {
        var body = new
        {
            _header.Contract,
            VerifyThreshold = Applies ? _header.VerifyThreshold : null,
            IdentifyThreshold = Applies ? _header.IdentifyThreshold : null,
            Policy = Applies ? GalleryFilePolicy.First(_header.Policy) : null,
        };
        try
        {
            return (await _session.Client.SendJsonAsync(HttpMethod.Put, _session.GalleryPath, body, cancellationToken)).Body;
        }
        catch (ClusterProblemException problem) when (
            Applies && problem.Code is "not-calibrated" or "promise-not-carried" or "invalid-parameter" or "invalid-json")
        {
            throw new CliException(
                $"This grid does not take the file's policy, so nothing was imported: {problem.Message} To import people alone: "
                    + "--policy never.",
                problem.Code);
        }
    }

    private async Task CompletePolicyAsync(CancellationToken cancellationToken)
    {
        if (!Applies || GalleryFilePolicy.Last(_header.Policy) is not { } last)
        {
            return;
        }

        try
        {
            await _session.Client.SendJsonAsync(HttpMethod.Put, _session.GalleryPath, new { Policy = last }, cancellationToken);
        }
        catch (ClusterProblemException problem) when (problem.Code is "invalid-parameter" or "invalid-json")
        {
            throw new CliException(
                "Everybody is imported, but this grid does not take the file's policy for enrolments, so the gallery keeps the policy "
                    + $"that it had: {problem.Message} Set the policy by hand, and repeat with --policy never.",
                problem.Code);
        }
    }

    private void RequireContract(JsonElement gallery)
    {
        GalleryContract? bound = GalleryContract.Of(gallery);
        if (bound is not null && _header.Contract is not null && bound != _header.Contract)
        {
            throw new CliException(
                $"The file holds vectors of the contract '{_header.Contract.Id}' ({_header.Contract.Dimension} numbers); the gallery "
                    + $"'{_session.Gallery}' is bound to '{bound.Id}' ({bound.Dimension} numbers). Import into another gallery.",
                "contract-mismatch");
        }
    }

    private async Task SendAllAsync(
        string path, int batchPeople, long skip, Action<long> note, Progress progress, CancellationToken cancellationToken)
    {
        long done = skip;
        long bytes = 0;
        List<GalleryPerson> batch = [];
        await foreach (GalleryPerson person in GalleryFileReader.PeopleAsync(path, _header, skip, cancellationToken))
        {
            batch.Add(person with { Contract = _header.Contract?.Id });
            bytes += person.Faces.Sum(face => (long)face.Embedding.Length + 128);
            if (batch.Count == batchPeople || bytes >= BatchBytesMax)
            {
                await FlushAsync();
            }
        }

        if (batch.Count > 0)
        {
            await FlushAsync();
        }

        async Task FlushAsync()
        {
            await SendAsync(batch, cancellationToken);
            done += batch.Count;
            note(done);
            progress.Advance(batch.Count);
            batch.Clear();
            bytes = 0;
        }
    }

    private async Task SendAsync(IReadOnlyList<GalleryPerson> people, CancellationToken cancellationToken)
    {
        IReadOnlyList<PersonResult> results = await _session.GalleryClient.SendPeopleAsync(
            people, untilSearchable: false, cancellationToken);
        foreach ((int index, PersonResult result) in results.Index())
        {
            switch (result.Status)
            {
                case 200:
                    _updated++;
                    break;
                case 201:
                    _created++;
                    break;
                case 202:
                    _created++;
                    _notYetSearchable++;
                    break;
                default:
                    ClusterProblemException problem = result.ToProblem();
                    _failures.Add(new GalleryImportFailure(people[index].Id, problem.Code, problem.Message));
                    break;
            }
        }
    }
}
