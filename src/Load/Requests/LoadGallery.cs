using System.Runtime.CompilerServices;
using System.Text.Json;
using FaceGrid.Client;

namespace FaceGrid.Load.Requests;

/// <summary>
/// Prepares the gallery for the load. Afterwards it checks whether everybody whom the load enrolled is there, and removes these people.
/// </summary>
/// <param name="gallery">The gallery, and the way to the grid.</param>
/// <param name="plan">What was asked for.</param>
/// <param name="log">Receives progress messages.</param>
internal sealed class LoadGallery(GalleryClient gallery, LoadPlan plan, IWorkLog log)
{
    private const int PagePeople = 1000;
    private const int RequestsAtOnce = 4;
    private const int EnrolledAskedMax = 2048;
    private const int ProbesPerRequest = 256;

    // Keeps a request well below the smallest body limit a gateway is likely to have.
    private const int BatchBytesMax = 4 << 20;

    private bool _created;

    /// <summary>
    /// Reads the gallery's contract. With a dimension, it makes a gallery that does not exist, and binds a gallery that has no contract.
    /// </summary>
    /// <param name="cancellationToken">Ends the work. What is done at the grid stays.</param>
    /// <returns>The contract; null where the gallery has none and no dimension is given.</returns>
    /// <exception cref="LoadException">The gallery has another dimension.</exception>
    public async Task<GalleryContract?> OpenAsync(CancellationToken cancellationToken)
    {
        JsonElement? read = null;
        try
        {
            read = await gallery.ReadAsync(cancellationToken);
        }
        catch (ClusterProblemException problem) when (problem.Code == "gallery-not-found" && plan.Dimension is not null)
        {
            _created = true;
        }

        GalleryContract? bound = read is { } known ? GalleryContract.Of(known) : null;
        if (bound is null && plan.Dimension is { } dimension)
        {
            bound = new GalleryContract($"facegrid-bench@{dimension}", dimension);
            await gallery.WriteAsync(new GalleryWrite(bound), cancellationToken);
        }

        return plan.Dimension is null || bound?.Dimension == plan.Dimension
            ? bound
            : throw new LoadException(
                $"The gallery '{gallery.Id}' is bound to '{bound?.Id}' with vectors of {bound?.Dimension} numbers, --dim says "
                    + $"{plan.Dimension}. Leave --dim out, or take another gallery.",
                "contract-mismatch");
    }

    /// <summary>Enrols the synthetic people who are missing in the gallery.</summary>
    /// <param name="people">The people.</param>
    /// <param name="contract">The gallery's contract.</param>
    /// <param name="cancellationToken">Ends the work. What is done stays, and a second run continues.</param>
    /// <returns>How many people were missing.</returns>
    public async Task<int> EnsurePeopleAsync(LoadPeople people, GalleryContract contract, CancellationToken cancellationToken)
    {
        bool[] there = new bool[plan.People];
        await foreach (string id in IdsAsync(cancellationToken))
        {
            if (people.NumberOf(id) is { } number && number < there.Length)
            {
                there[number] = true;
            }
        }

        int[] missing = [.. Enumerable.Range(0, there.Length).Where(number => !there[number])];
        int batch = Math.Clamp(BatchBytesMax / ((contract.Dimension * 6) + 200), 1, PagePeople);
        await using IWork work = log.Begin("enrolling synthetic people", missing.Length);
        ParallelOptions options = new() { MaxDegreeOfParallelism = RequestsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(missing.Chunk(batch), options, async (numbers, token) =>
        {
            await EnrolAsync(numbers, people, contract, token);
            work.Advance(numbers.Length);
        });
        return missing.Length;
    }

    /// <summary>Enrols a person for each picture.</summary>
    /// <param name="pictures">The pictures.</param>
    /// <param name="cancellationToken">Ends the work. What is done at the grid stays.</param>
    /// <returns>The pictures that the grid accepted. The others have no face, several faces, or a damaged file.</returns>
    public async Task<IReadOnlyList<LoadPicture>> EnsurePicturesAsync(
        IReadOnlyList<LoadPicture> pictures, CancellationToken cancellationToken)
    {
        bool[] taken = new bool[pictures.Count];
        await using IWork work = log.Begin("enrolling pictures", pictures.Count);
        ParallelOptions options = new() { MaxDegreeOfParallelism = RequestsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, pictures.Count, options, async (index, token) =>
        {
            try
            {
                await gallery.Cluster.PostPictureAsync(
                    gallery.PersonPath(PictureQuestions.Id(pictures[index])) + "/faces", pictures[index].Picture, token);
                taken[index] = true;
            }
            catch (ClusterProblemException problem) when (problem.Status is 413 or 415 or 422)
            {
                log.Note($"A picture is left out: {problem.Message} ({problem.Code})");
            }

            work.Advance();
        });
        return taken.Contains(true)
            ? [.. pictures.Where((_, index) => taken[index])]
            : throw new LoadException("The grid took none of the pictures.", "no-pictures");
    }

    /// <summary>Searches, outside the measurement, for people whose enrolment was acknowledged as searchable.</summary>
    /// <param name="people">The people.</param>
    /// <param name="enrolled">Their numbers. Of more than 2,048 people, only 2,048 at equal distances are searched.</param>
    /// <param name="contract">The gallery's contract.</param>
    /// <param name="cancellationToken">Ends the work. What is done at the grid stays.</param>
    /// <returns>How many were searched, and how many were not found.</returns>
    public async Task<(int Asked, int Missing)> FindEnrolledAsync(
        LoadPeople people, IReadOnlyList<long> enrolled, GalleryContract contract, CancellationToken cancellationToken)
    {
        int count = Math.Min(enrolled.Count, EnrolledAskedMax);
        long[] asked = [.. Enumerable.Range(0, count).Select(i => enrolled[(int)((long)i * enrolled.Count / count)])];
        int missing = 0;
        foreach (long[] numbers in asked.Chunk(ProbesPerRequest))
        {
            var body = new { Embeddings = numbers.Select(number => VectorText.Write(people.NewVector(number))), Contract = contract.Id };
            ClusterAnswer answer = await gallery.Cluster.SendJsonAsync(
                HttpMethod.Post, $"{gallery.Path}/identify?limit=1&threshold={plan.Threshold:R}", body, cancellationToken);
            IReadOnlyList<JsonElement> faces = answer.Body.Items("faces");
            missing += numbers.Where(
                (number, index) => index >= faces.Count || faces[index].Text("person") != people.NewId(number)).Count();
        }

        return (asked.Length, missing);
    }

    /// <summary>
    /// Removes everybody whom this load or an earlier one has enrolled. A gallery that this run made is deleted as a whole.
    /// </summary>
    /// <param name="cancellationToken">Ends the work. What is done at the grid stays.</param>
    /// <returns>Number of people removed, or null when the gallery was deleted.</returns>
    public async Task<int?> CleanAsync(CancellationToken cancellationToken)
    {
        if (_created)
        {
            await gallery.Cluster.DeleteAsync(gallery.Path, cancellationToken);
            return null;
        }

        List<string> ids = [];
        await foreach (string id in IdsAsync(cancellationToken))
        {
            if (LoadPeople.IsSynthetic(id))
            {
                ids.Add(id);
            }
        }

        await using IWork work = log.Begin("removing synthetic people", ids.Count);
        ParallelOptions options = new() { MaxDegreeOfParallelism = RequestsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(ids, options, async (id, token) =>
        {
            await gallery.Cluster.DeleteAsync(gallery.PersonPath(id), token);
            work.Advance();
        });
        return ids.Count;
    }

    private async IAsyncEnumerable<string> IdsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (JsonElement page in gallery.Cluster.PagesAsync($"{gallery.Path}/people?limit={PagePeople}", cancellationToken))
        {
            foreach (JsonElement person in page.Items("people"))
            {
                yield return person.Text("id")
                    ?? throw new LoadException("The server sent a person without an id.", ClusterProblemException.NotAGateway);
            }
        }
    }

    private async Task EnrolAsync(int[] numbers, LoadPeople people, GalleryContract contract, CancellationToken cancellationToken)
    {
        var batch = numbers
            .Select(number => new
            {
                Id = people.Id(number),
                Contract = contract.Id,
                Faces = new[] { new { Embedding = VectorText.Write(people.Vector(number)) } },
            })
            .ToArray();

        // With a person who is stored but not yet searchable, correct answers would look wrong.
        IReadOnlyList<PersonResult> results = await gallery.SendPeopleAsync(batch, untilSearchable: true, cancellationToken);
        if (results.FirstOrDefault(result => result.Status is not (200 or 201)) is { } refused)
        {
            throw refused.ToProblem();
        }
    }
}
