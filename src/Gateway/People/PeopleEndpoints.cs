using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Pad;
using FaceGrid.Gateway.Security;

namespace FaceGrid.Gateway.People;

/// <summary>People of a gallery: list, write, read and delete them, and write many at once.</summary>
internal static class PeopleEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/v1/galleries/{gallery}/people").WithTags("People").Needs(KeyPermission.Enrol);
        group.MapGet("", ListAsync).WithSummary("Lists people, page by page.").Needs(KeyPermission.Read).Produces<PeopleBody>();
        group.MapPost("", BulkEnrolment.PostAsync).WithSummary("Writes up to 1,000 people.")
            .Accepts<BulkWriteBody>("application/json").Produces<BulkResultsBody>();
        group.MapPut("/{person}", PutAsync).WithSummary("Creates or changes a person.")
            .Accepts<PersonWriteBody>("application/json")
            .Produces<PersonBody>().Produces<PersonBody>(StatusCodes.Status201Created).Produces<PersonBody>(StatusCodes.Status202Accepted);
        group.MapGet("/{person}", GetAsync).WithSummary("Reads a person.").Needs(KeyPermission.Read).Produces<PersonBody>();
        group.MapDelete("/{person}", DeleteAsync)
            .WithSummary("Deletes a person and their templates.")
            .Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> ListAsync(
        string gallery,
        GridCaller grid,
        CancellationToken cancellationToken,
        string? after = null,
        int limit = 100,
        string? name = null,
        bool embeddings = false)
    {
        Ids.CheckGallery(gallery);
        Parameters.CheckLimit(limit);
        after = Parameters.NullIfEmpty(after) is { } person ? Ids.CheckPerson(person) : null;
        name = Parameters.NullIfEmpty(name);
        if (name?.Length > Parameters.NameLengthMax)
        {
            throw new FaceGridException(ErrorCodes.InvalidParameter, $"name has at most {Parameters.NameLengthMax} characters.");
        }

        PeoplePage page = await grid.CallAsync(
            token => grid.Reader.ListPeopleAsync(gallery, after, limit, name, embeddings, token), cancellationToken);
        return Answers.Json(
            new PeopleBody([.. page.People.Select(PersonBody.Of)], page.Next, page.Damaged), GatewayJson.Default.PeopleBody);
    }

    private static async Task<IResult> PutAsync(
        string gallery,
        string person,
        HttpContext context,
        [AsParameters] EnrolmentServices services,
        CancellationToken cancellationToken,
        bool force = false)
    {
        IPersonGrain grain = services.Grid.Person(gallery, person);
        PersonWriteBody body = await services.Bodies.ReadJsonAsync(context, GatewayJson.Default.PersonWriteBody, cancellationToken);
        if (body.Id is not null && body.Id != person)
        {
            throw new FaceGridException(ErrorCodes.InvalidParameter, "The id in the body differs from the one in the path.");
        }

        PersonWrite write = PersonWrites.ToMessage(body, bulk: false) with { Force = force };
        if (write.Faces.Length > 0)
        {
            PadGate.RefuseEmbedding(
                await services.Gate.InForceAsync(gallery, static gallery => gallery.Enrol, asked: null, cancellationToken));
        }

        WriteResult result = await services.Grid.ChangeAsync(
            grain, (rowVersion, token) => grain.WriteAsync(write with { RowVersion = rowVersion }, token), cancellationToken);
        return Answers.Json(
            PersonBody.Of(result.Person), GatewayJson.Default.PersonBody, PersonWrites.StatusOf(result.Created, result.Searchable));
    }

    private static async Task<IResult> GetAsync(
        string gallery, string person, GridCaller grid, CancellationToken cancellationToken, bool embeddings = false)
    {
        IPersonGrain grain = grid.Person(gallery, person);
        PersonInfo info = await grid.CallAsync(token => grain.GetAsync(embeddings, token), cancellationToken)
            ?? throw new FaceGridException(ErrorCodes.PersonNotFound, "There is no person with this id in the gallery.");
        return Answers.Json(PersonBody.Of(info), GatewayJson.Default.PersonBody);
    }

    private static async Task<IResult> DeleteAsync(string gallery, string person, GridCaller grid, CancellationToken cancellationToken)
    {
        IPersonGrain grain = grid.Person(gallery, person);

        // Other people's rows hold a veto against this person. The vetoes must go, because a later person with this id is somebody else.
        // They go before the row that lists them, so that a delete that was interrupted can be repeated.
        PersonInfo? info = null;
        try
        {
            info = await grid.CallAsync(token => grain.GetAsync(vectors: false, token), cancellationToken);
        }
        catch (FaceGridException damaged) when (damaged.Code == ErrorCodes.RowDamaged)
        {
            // A damaged row no longer tells which people it listed.
        }

        foreach (string other in info?.DifferentFrom ?? [])
        {
            await grid.CallAsync(
                token => grid.Curation.SetDifferentAsync(gallery, person, other, different: false, token), cancellationToken);
        }

        await grid.ChangeAsync(grain, (rowVersion, token) => grain.DeleteAsync(rowVersion, token), cancellationToken);
        return Results.NoContent();
    }
}
