using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Security;

namespace FaceGrid.Gateway.People;

/// <summary>Routes that keep a gallery clean: the report, the quarantine, vetoes and merges.</summary>
internal static class CurationEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/v1/galleries/{gallery}").WithTags("Curation").Needs(KeyPermission.Enrol);
        group.MapGet("/report", ReportAsync)
            .WithSummary("Checks people page by page: poor, lonely and quarantined faces, look-alikes, interrupted merges.")
            .Needs(KeyPermission.Read)
            .Produces<ReportBody>();
        group.MapPost("/people/{person}/faces/{face}/release", ReleaseAsync).WithSummary("Takes a face out of quarantine.")
            .Produces<PersonBody>().Produces<PersonBody>(StatusCodes.Status202Accepted);
        group.MapPut("/people/{person}/different/{other}", DifferentAsync)
            .WithSummary("Declares that two people are not the same.")
            .Produces(StatusCodes.Status204NoContent);
        group.MapDelete("/people/{person}/different/{other}", NotDifferentAsync)
            .WithSummary("Withdraws the declaration that two people are not the same.")
            .Produces(StatusCodes.Status204NoContent);
        group.MapPost("/people/{person}/merge/{other}", MergeAsync)
            .WithSummary("Merges another person into this one.")
            .Produces<PersonBody>();
        group.MapPost("/people/{person}/unmerge/{other}", UnmergeAsync).WithSummary("Undoes a merge.").Produces<PersonBody>();
    }

    private static async Task<IResult> ReportAsync(
        string gallery, GridCaller grid, CancellationToken cancellationToken, string? after = null, int limit = 100, bool lookAlikes = true)
    {
        Ids.CheckGallery(gallery);
        Parameters.CheckLimit(limit);
        after = Parameters.NullIfEmpty(after) is { } person ? Ids.CheckPerson(person) : null;
        ReportPage page = await grid.CallAsync(
            token => grid.Curation.ReportAsync(gallery, after, limit, lookAlikes, token), cancellationToken);
        return Answers.Json(ReportBody.Of(page), GatewayJson.Default.ReportBody);
    }

    private static async Task<IResult> ReleaseAsync(
        string gallery, string person, string face, GridCaller grid, CancellationToken cancellationToken)
    {
        IPersonGrain grain = grid.Person(gallery, person);
        Parameters.CheckFaceInPath(face);
        WriteResult result = await grid.CallAsync(token => grain.ReleaseFaceAsync(face, token), cancellationToken);
        return Answers.Json(
            PersonBody.Of(result.Person), GatewayJson.Default.PersonBody, PersonWrites.StatusOf(created: false, result.Searchable));
    }

    private static Task<IResult> DifferentAsync(
        string gallery, string person, string other, GridCaller grid, CancellationToken cancellationToken) =>
        SetDifferentAsync(gallery, person, other, different: true, grid, cancellationToken);

    private static Task<IResult> NotDifferentAsync(
        string gallery, string person, string other, GridCaller grid, CancellationToken cancellationToken) =>
        SetDifferentAsync(gallery, person, other, different: false, grid, cancellationToken);

    private static async Task<IResult> SetDifferentAsync(
        string gallery, string person, string other, bool different, GridCaller grid, CancellationToken cancellationToken)
    {
        Check(gallery, person, other);
        await grid.CallAsync(token => grid.Curation.SetDifferentAsync(gallery, person, other, different, token), cancellationToken);
        return Results.NoContent();
    }

    private static async Task<IResult> MergeAsync(
        string gallery, string person, string other, GridCaller grid, CancellationToken cancellationToken)
    {
        Check(gallery, person, other);
        PersonInfo merged = await grid.CallAsync(token => grid.Curation.MergeAsync(gallery, person, other, token), cancellationToken);
        return Answers.Json(PersonBody.Of(merged), GatewayJson.Default.PersonBody);
    }

    private static async Task<IResult> UnmergeAsync(
        string gallery, string person, string other, GridCaller grid, CancellationToken cancellationToken)
    {
        Check(gallery, person, other);
        PersonInfo split = await grid.CallAsync(token => grid.Curation.UnmergeAsync(gallery, person, other, token), cancellationToken);
        return Answers.Json(PersonBody.Of(split), GatewayJson.Default.PersonBody);
    }

    private static void Check(string gallery, string person, string other)
    {
        Ids.CheckGallery(gallery);
        Ids.CheckPerson(person);
        Ids.CheckPerson(other);
    }
}
