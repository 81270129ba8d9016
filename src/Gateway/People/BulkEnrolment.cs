using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Galleries;
using FaceGrid.Gateway.Pad;
using FaceGrid.Gateway.Problems;

namespace FaceGrid.Gateway.People;

/// <summary>Writes many people in one request, a few at a time. Each person has an outcome of their own.</summary>
internal static class BulkEnrolment
{
    private const int PeopleMax = 1000;

    private const int ConcurrencyMax = 32;

    public static async Task<IResult> PostAsync(
        string gallery,
        HttpContext context,
        [AsParameters] EnrolmentServices services,
        CancellationToken cancellationToken,
        bool force = false)
    {
        IGalleryGrain grain = services.Grid.Gallery(gallery);
        PersonWriteBody[] people =
            (await services.Bodies.ReadJsonAsync(context, GatewayJson.Default.BulkWriteBody, cancellationToken)).People
            ?? throw new FaceGridException(ErrorCodes.InvalidJson, "The member people is needed.");
        if (people.Length > PeopleMax)
        {
            throw new FaceGridException(ErrorCodes.InvalidParameter, $"A bulk write has at most {PeopleMax} people.");
        }

        // The gallery is checked once here, so that a missing gallery gives one 404 instead of a thousand.
        _ = await services.Grid.CallAsync(grain.GetMapAsync, cancellationToken) ?? throw GalleryEndpoints.NotFound();
        PadPolicy policy = await services.Gate.InForceAsync(gallery, static gallery => gallery.Enrol, asked: null, cancellationToken);
        var write = new BulkWrite(gallery, force, policy, services, context.TraceIdentifier);
        var results = new BulkResultBody[people.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = ConcurrencyMax, CancellationToken = CancellationToken.None };

        // A person who occurs twice in one request is written in the order given.
        IEnumerable<IGrouping<string, int>> groups = Enumerable.Range(0, people.Length)
            .GroupBy(index => people[index]?.Id ?? "", StringComparer.Ordinal);
        await Parallel.ForEachAsync(groups, options, async (indexes, _) =>
        {
            foreach (int index in indexes)
            {
                results[index] = await write.RunAsync(people[index], cancellationToken);
            }
        });
        return Answers.Json(new BulkResultsBody(results), GatewayJson.Default.BulkResultsBody);
    }

    /// <summary>Writes the people of one request. A failure becomes the outcome of the person that it concerns.</summary>
    private sealed record BulkWrite(string Gallery, bool Force, PadPolicy Policy, EnrolmentServices Services, string RequestId)
    {
        public async Task<BulkResultBody> RunAsync(PersonWriteBody? person, CancellationToken cancellationToken)
        {
            try
            {
                return await WriteAsync(person, cancellationToken);
            }
            catch (Exception failure)
            {
                return Failed(person?.Id, failure);
            }
        }

        private async Task<BulkResultBody> WriteAsync(PersonWriteBody? person, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            IPersonGrain grain = Services.Grid.Person(Gallery, Ids.CheckPerson(person?.Id));
            PersonWrite write = PersonWrites.ToMessage(person!, bulk: true) with { Force = Force };
            if (write.Faces.Length > 0)
            {
                PadGate.RefuseEmbedding(Policy);
            }

            WriteResult result = await Services.Grid.ChangeAsync(
                grain, (rowVersion, token) => grain.WriteAsync(write with { RowVersion = rowVersion }, token), cancellationToken);
            Services.Metrics.Enrolled("bulk", write.Faces.Length);
            return new BulkResultBody(person!.Id, PersonWrites.StatusOf(result.Created, result.Searchable), null, null);
        }

        private BulkResultBody Failed(string? id, Exception failure)
        {
            FaceGridException mapped = ProblemMapping.Of(failure);
            ProblemBody problem = ProblemCatalog.Describe(mapped.Code, mapped.Message, RequestId);
            if (problem.Code == ErrorCodes.Internal)
            {
                ProblemMiddleware.LogInternal(Services.Logger, failure, RequestId);
            }

            return new BulkResultBody(id, problem.Status, problem.Code, problem.Detail);
        }
    }
}
