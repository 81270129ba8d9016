using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Recognition;
using FaceGrid.Gateway.Security;

namespace FaceGrid.Gateway.People;

/// <summary>Faces of a person: enrol one, remove one.</summary>
internal static class FaceEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/v1/galleries/{gallery}/people/{person}/faces")
            .WithTags("People").Needs(KeyPermission.Enrol);
        group.MapPost("", EnrolAsync)
            .WithSummary("Enrols the face of a picture, or an embedding. Creates the person if needed.")
            .Accepts<ProbeBody>("application/json", PictureTypes.All)
            .Produces<EnrolledBody>()
            .Produces<EnrolledBody>(StatusCodes.Status201Created)
            .Produces<EnrolledBody>(StatusCodes.Status202Accepted);
        group.MapDelete("/{face}", RemoveAsync).WithSummary("Removes a face.").Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> EnrolAsync(
        string gallery,
        string person,
        HttpContext context,
        [AsParameters] RecognitionServices services,
        CancellationToken cancellationToken,
        string? pad = null,
        bool force = false)
    {
        GridCaller grid = services.Grid;
        IPersonGrain grain = grid.Person(gallery, person);
        PadPolicy policy = await services.Gate.InForceAsync(gallery, static gallery => gallery.Enrol, pad, cancellationToken);

        // The time distinguishes a new face from a known one: a face that was enrolled earlier keeps its own time. A retry sends the same
        // time again.
        var now = DateTimeOffset.FromUnixTimeMilliseconds(services.Time.GetUtcNow().ToUnixTimeMilliseconds());
        (OneFace one, WriteResult result) = await services.Reader.AskOneAsync(
            context, new PictureGallery(gallery, Enrols: true), policy, EnrolOneAsync, cancellationToken);
        bool created = result.Created
            || result.Person.Faces.Any(known => known.Id == one.Id && (known.EnrolledAt - now).Duration() < TimeSpan.FromMilliseconds(1));
        if (created)
        {
            services.Metrics.Enrolled(one.Face is null ? "embedding" : "picture", 1);
        }

        return Answers.Json(
            ToBody(person, one, created, result), GatewayJson.Default.EnrolledBody, PersonWrites.StatusOf(created, result.Searchable));

        Task<WriteResult> EnrolOneAsync(OneFace one)
        {
            services.Gate.RefuseSpoof(one.Face, policy);
            PersonWrite write = ToWrite(one, now, force);
            return grid.ChangeAsync(
                grain, (rowVersion, token) => grain.WriteAsync(write with { RowVersion = rowVersion }, token), cancellationToken);
        }
    }

    private static EnrolledBody ToBody(string person, OneFace one, bool created, WriteResult result)
    {
        PictureFace? face = one.Face;
        return new EnrolledBody(
            person, one.Id, created, result.Searchable, result.Person.Revision, BoxBody.OfNullable(face), face?.Quality, face?.Liveness)
        {
            Review = ReviewBody.Of(Array.Find(result.Person.Faces, known => known.Id == one.Id)?.Review),
            Chosen = one.Chosen,
            Turned = one.Turned,
        };
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

    private static async Task<IResult> RemoveAsync(
        string gallery, string person, string face, GridCaller grid, CancellationToken cancellationToken)
    {
        IPersonGrain grain = grid.Person(gallery, person);
        Parameters.CheckFaceInPath(face);
        await grid.ChangeAsync(grain, (rowVersion, token) => grain.RemoveFaceAsync(face, rowVersion, token), cancellationToken);
        return Results.NoContent();
    }
}
