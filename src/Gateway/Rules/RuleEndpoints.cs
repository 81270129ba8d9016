using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Rules;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Security;

namespace FaceGrid.Gateway.Rules;

/// <summary>Routes of the rules, which send sightings to targets, and of their dead letters.</summary>
internal static class RuleEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/v1/rules").WithTags("Rules").Needs(KeyPermission.Administer);
        group.MapGet("", ListAsync).WithSummary("Lists rules, page by page.").Produces<RuleListBody>();
        group.MapPut("/{rule}", PutAsync).WithSummary("Creates a rule or replaces its settings.")
            .Accepts<RuleSettings>("application/json").Produces<RuleBody>().Produces<RuleBody>(StatusCodes.Status201Created);
        group.MapGet("/{rule}", GetAsync).WithSummary("Reads a rule and its status.").Produces<RuleBody>();
        group.MapDelete("/{rule}", DeleteAsync).WithSummary("Deletes a rule.").Produces(StatusCodes.Status204NoContent);
        group.MapGet("/{rule}/dead-letters", ListDeadLettersAsync)
            .WithSummary("Lists the deliveries that a rule gave up.")
            .Produces<DeadLettersBody>();
        group.MapPost("/{rule}/dead-letters/{delivery}", RetryAsync)
            .WithSummary("Tries a dead letter once more.")
            .Produces(StatusCodes.Status204NoContent);
        group.MapDelete("/{rule}/dead-letters/{delivery}", DropAsync)
            .WithSummary("Deletes a dead letter.")
            .Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> ListAsync(
        GridCaller grid, CancellationToken cancellationToken, string? after = null, int limit = 100)
    {
        Parameters.CheckLimit(limit);
        after = Parameters.NullIfEmpty(after) is { } rule ? CheckNew(rule) : null;
        // The grain lists all rules, ordered by id. FaceGrid:Rules:RulesMax limits their number.
        RuleInfo[] all = await grid.CallAsync(token => grid.Rules.ListAsync(token), cancellationToken);
        RuleInfo[] rest = [.. all.Where(info => after is null || string.CompareOrdinal(info.Id, after) > 0)], page = [.. rest.Take(limit)];
        string[] damaged = [.. page.Where(static info => info.IsDamaged).Select(static info => info.Id)];
        return Answers.Json(
            new RuleListBody(
                [.. page.Where(static info => !info.IsDamaged).Select(RuleBody.Of)],
                rest.Length > limit ? page[^1].Id : null,
                damaged.Length > 0 ? damaged : null), GatewayJson.Default.RuleListBody);
    }

    private static async Task<IResult> PutAsync(
        string rule, HttpContext context, RequestBodies bodies, GridCaller grid, CancellationToken cancellationToken)
    {
        string id = CheckNew(rule);
        RuleSettings settings = await bodies.ReadJsonAsync(context, GatewayJson.Default.RuleSettings, cancellationToken);
        (RuleInfo info, bool created) = await grid.CallAsync(token => grid.Rule(id).PutAsync(settings, token), cancellationToken);
        return Answers.Json(
            RuleBody.Of(info), GatewayJson.Default.RuleBody, created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<IResult> GetAsync(string rule, GridCaller grid, CancellationToken cancellationToken)
    {
        string id = Check(rule);
        RuleInfo info = await grid.CallAsync(token => grid.Rule(id).GetAsync(token), cancellationToken) ?? throw NotFound();
        return Answers.Json(RuleBody.Of(info), GatewayJson.Default.RuleBody);
    }

    private static async Task<IResult> DeleteAsync(string rule, GridCaller grid, CancellationToken cancellationToken)
    {
        string id = Check(rule);
        await grid.CallAsync(token => grid.Rule(id).DeleteAsync(token), cancellationToken);
        return Results.NoContent();
    }

    private static async Task<IResult> ListDeadLettersAsync(string rule, GridCaller grid, CancellationToken cancellationToken)
    {
        string id = Check(rule);
        DeadLetter[] letters = await grid.CallAsync(_ => grid.Rule(id).ListDeadLettersAsync(), cancellationToken);
        return Answers.Json(new DeadLettersBody(letters), GatewayJson.Default.DeadLettersBody);
    }

    private static Task<IResult> RetryAsync(string rule, string delivery, GridCaller grid, CancellationToken cancellationToken) =>
        ChangeAsync(grid, Check(rule), (grain, token) => grain.RetryDeadLetterAsync(delivery, token), cancellationToken);

    private static Task<IResult> DropAsync(string rule, string delivery, GridCaller grid, CancellationToken cancellationToken) =>
        ChangeAsync(grid, Check(rule), (grain, token) => grain.DropDeadLetterAsync(delivery, token), cancellationToken);

    private static async Task<IResult> ChangeAsync(
        GridCaller grid, string rule, Func<IRuleGrain, CancellationToken, Task> call, CancellationToken cancellationToken)
    {
        await grid.CallAsync(
            async token =>
            {
                await call(grid.Rule(rule), token);
                return true;
            },
            cancellationToken);
        return Results.NoContent();
    }

    private static string CheckNew(string rule) =>
        Ids.IsPlain(rule)
            ? rule
            : throw new FaceGridException(ErrorCodes.InvalidRule, "A rule id has 1 to 64 characters of a-z, 0-9 and '-'.");

    private static string Check(string rule) => Ids.IsPlain(rule) ? rule : throw NotFound();

    private static FaceGridException NotFound() => new(ErrorCodes.RuleNotFound, "There is no rule with this id.");
}
