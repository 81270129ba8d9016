using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Observability;
using FaceGrid.Gateway.Pad;
using FaceGrid.Gateway.Recognition;
using FaceGrid.Gateway.Security;

namespace FaceGrid.Gateway.People;

/// <summary>Faces of a person: enrol one, remove one.</summary>
internal static class FaceEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/v1/galleries/{gallery}/people/{person}/faces").WithTags("People").Needs(KeyPermission.Enrol);
        group.MapPost("", EnrolAsync).WithSummary("Enrols a face from a picture with exactly one usable face, or from an embedding; makes the person if needed.")
            .Accepts<ProbeBody>("application/json", PictureTypes.All)
            .Produces<EnrolledBody>().Produces<EnrolledBody>(StatusCodes.Status201Created).Produces<EnrolledBody>(StatusCodes.Status202Accepted);
        group.MapDelete("/{face}", RemoveAsync).WithSummary("Removes a face.").Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> EnrolAsync(
        string gallery,
        string person,
        HttpContext context,
        RequestBodies bodies,
        FaceReader reader,
        GridCaller grid,
        PadGate gate,
        GatewayMetrics metrics,
        TimeProvider time,
        CancellationToken cancellationToken,
        string? pad = null,
        bool force = false)
    {
        IPersonGrain grain = grid.Person(gallery, person);
        PadPolicy policy = await gate.InForceAsync(gallery, static gallery => gallery.Enrol, pad, cancellationToken);

        // The time tells a new face from a known one: a face that was enrolled before keeps its own. A retried call sends the same time.
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        (PictureFace? face, string id, WriteResult result) = await reader.AskOneAsync(
            context,
            bodies,
            gallery,
            PictureWish.ToEnrol,
            policy,
            async one => (one.Face, one.Id, await WriteAsync(grain, ToWrite(one, now, force), grid, gate, one.Face, policy, cancellationToken)),
            cancellationToken);
        bool created = result.Created || result.Person.Faces.Any(known => known.Id == id && (known.EnrolledAt - now).Duration() < TimeSpan.FromMilliseconds(1));
        if (created)
        {
            metrics.Enrolled(face is null ? "embedding" : "picture", 1);
        }

        var body = new EnrolledBody(person, id, created, result.Searchable, result.Person.Revision, BoxBody.OfNullable(face), face?.Quality, face?.Liveness)
        {
            Review = ReviewBody.Of(Array.Find(result.Person.Faces, known => known.Id == id)?.Review),
        };
        return Answers.Json(body, GatewayJson.Default.EnrolledBody, PersonWrites.StatusOf(created, result.Searchable));
    }

    private static PersonWrite ToWrite(OneFace one, DateTimeOffset now, bool force)
    {
        var face = new NewFace(one.Id, one.Probe.Vector, one.Probe.Contract, now)
        {
            Quality = one.Face?.Quality,
            Confidence = one.Face?.Confidence,
            OtherVector = one.Face?.OtherVector,
            OtherContract = one.Face?.OtherVector is null ? null : one.OtherContract,
            Crop = one.Face?.Crop,
        };
        return new PersonWrite(null, null, [face], Bulk: false) { Force = force };
    }

    private static Task<WriteResult> WriteAsync(
        IPersonGrain grain, PersonWrite write, GridCaller grid, PadGate gate, PictureFace? face, PadPolicy policy, CancellationToken cancellationToken) => gate.Rejects(face, policy)
        ? throw new FaceGridException(
            ErrorCodes.PresentationAttack, FormattableString.Invariant($"The face does not look like a live one: {face!.Liveness!.Live:0.00}, and {face.Liveness.Threshold:0.00} is needed."))
        : grid.ChangeAsync(grain, (rowVersion, token) => grain.WriteAsync(write with { RowVersion = rowVersion }, token), cancellationToken);

    private static async Task<IResult> RemoveAsync(string gallery, string person, string face, GridCaller grid, CancellationToken cancellationToken)
    {
        IPersonGrain grain = grid.Person(gallery, person);
        Parameters.CheckFaceInPath(face);
        await grid.ChangeAsync(grain, (rowVersion, token) => grain.RemoveFaceAsync(face, rowVersion, token), cancellationToken);
        return Results.NoContent();
    }
}
