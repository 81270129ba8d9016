using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Galleries;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Observability;
using FaceGrid.Gateway.Pad;
using FaceGrid.Gateway.Problems;

namespace FaceGrid.Gateway.People;

/// <summary>The bulk path: many people in one request, a few at a time, each with its own outcome.</summary>
internal static class BulkEnrolment
{
    private const int PeopleMax = 1000;

    private const int ConcurrencyMax = 32;

    public static async Task<IResult> PostAsync(
        string gallery,
        HttpContext context,
        RequestBodies bodies,
        GridCaller grid,
        PadGate gate,
        GatewayMetrics metrics,
        ILogger<ProblemMiddleware> logger,
        CancellationToken cancellationToken,
        bool force = false)
    {
        IGalleryGrain grain = grid.Gallery(gallery);
        PersonWriteBody[] people = (await bodies.ReadJsonAsync(context, GatewayJson.Default.BulkWriteBody, cancellationToken)).People
            ?? throw new FaceGridException(ErrorCodes.InvalidJson, "The member people is needed.");
        if (people.Length > PeopleMax)
        {
            throw new FaceGridException(ErrorCodes.InvalidParameter, $"A bulk write has at most {PeopleMax} people.");
        }

        // Asked once here, so a missing gallery is one 404 and not a thousand.
        _ = await grid.CallAsync(grain.GetMapAsync, cancellationToken) ?? throw GalleryEndpoints.NotFound();
        PadPolicy policy = await gate.InForceAsync(gallery, static gallery => gallery.Enrol, asked: null, cancellationToken);
        var results = new BulkResultBody[people.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = ConcurrencyMax, CancellationToken = CancellationToken.None };
        // The same person twice in one request is written in the order given.
        IEnumerable<IGrouping<string, int>> groups = Enumerable.Range(0, people.Length).GroupBy(index => people[index]?.Id ?? "", StringComparer.Ordinal);
        await Parallel.ForEachAsync(groups, options, async (indexes, _) =>
        {
            foreach (int index in indexes)
            {
                try
                {
                    results[index] = await WriteAsync(gallery, people[index], force, policy, grid, metrics, cancellationToken);
                }
                catch (Exception failure)
                {
                    results[index] = Failed(people[index]?.Id, failure);
                }
            }
        });
        return Answers.Json(new BulkResultsBody(results), GatewayJson.Default.BulkResultsBody);

        BulkResultBody Failed(string? id, Exception failure)
        {
            FaceGridException mapped = ProblemMapping.Of(failure);
            ProblemBody problem = ProblemCatalog.Describe(mapped.Code, mapped.Message, context.TraceIdentifier);
            if (problem.Code == ErrorCodes.Internal)
            {
                ProblemMiddleware.LogInternal(logger, failure, context.TraceIdentifier);
            }

            return new BulkResultBody(id, problem.Status, problem.Code, problem.Detail);
        }
    }

    private static async Task<BulkResultBody> WriteAsync(
        string gallery, PersonWriteBody? person, bool force, PadPolicy policy, GridCaller grid, GatewayMetrics metrics, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        IPersonGrain grain = grid.Person(gallery, Ids.CheckPerson(person?.Id));
        PersonWrite write = PersonWrites.ToMessage(person!, bulk: true) with { Force = force };
        if (write.Faces.Length > 0)
        {
            PadGate.RefuseEmbedding(policy);
        }

        WriteResult result = await grid.ChangeAsync(grain, (rowVersion, token) => grain.WriteAsync(write with { RowVersion = rowVersion }, token), cancellationToken);
        metrics.Enrolled("bulk", write.Faces.Length);
        return new BulkResultBody(person!.Id, PersonWrites.StatusOf(result.Created, result.Searchable), null, null);
    }
}
