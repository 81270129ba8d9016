using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.People;
using FaceGrid.Gateway.Security;

namespace FaceGrid.Gateway.Recognition;

/// <summary>Verifies a face: is this the person that they claim to be?</summary>
internal static class VerifyEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/galleries/{gallery}/people/{person}/verify", PostAsync).WithTags("Recognition").Needs(KeyPermission.Recognise)
            .WithSummary("Compares the face of a picture, or an embedding, with a person.")
            .Accepts<ProbeBody>("application/json", PictureTypes.All).Produces<VerifiedBody>();

    private static async Task<IResult> PostAsync(
        string gallery,
        string person,
        HttpContext context,
        [AsParameters] RecognitionServices services,
        CancellationToken cancellationToken,
        bool runnerUp = false,
        string? pad = null)
    {
        GridCaller grid = services.Grid;
        IPersonGrain grain = grid.Person(gallery, person);
        PadPolicy policy = await services.Gate.InForceAsync(gallery, static gallery => gallery.Verify, pad, cancellationToken);
        (OneFace one, VerifyResult result) = await services.Reader.AskOneAsync(
            context,
            new PictureGallery(gallery, Enrols: false),
            policy,
            one => grid.CallAsync(token => grain.VerifyAsync(one.Probe, token), cancellationToken),
            cancellationToken);
        PictureFace? face = one.Face;
        if (services.Gate.Rejects(face, policy))
        {
            // The person grain was asked before the refusal, so that a wrong id still gets its 404. The distance stays secret: it would
            // tell an attacker who shows a picture how close it comes.
            services.Metrics.Verified("spoof");
            var rejected = new VerifiedBody(
                false, null, null, ErrorCodes.PresentationAttack, result.Threshold, null, null, face!.Liveness, BoxBody.Of(face))
            {
                Chosen = one.Chosen,
                Turned = one.Turned,
            };
            return Answers.Json(rejected, GatewayJson.Default.VerifiedBody);
        }

        services.Metrics.Verified(result.Match ? Decisions.Match : Decisions.NoMatch);
        CandidateBody? nearest = runnerUp ? await RunnerUpAsync(gallery, person, one.Probe, grid, cancellationToken) : null;
        float? margin = nearest?.Distance - result.Distance;
        var body = new VerifiedBody(
            result.Match,
            result.Distance,
            result.FaceId,
            null,
            result.Threshold,
            nearest,
            margin,
            face?.Liveness,
            BoxBody.OfNullable(face))
        {
            Chosen = one.Chosen,
            Turned = one.Turned,
        };
        return Answers.Json(body, GatewayJson.Default.VerifiedBody);
    }

    // Verify reads one person. Finding the next nearest person searches the whole gallery, so it is done only when the caller asks for it.
    private static async Task<CandidateBody?> RunnerUpAsync(
        string gallery, string person, Probe probe, GridCaller grid, CancellationToken cancellationToken)
    {
        var question = new IdentifyRequest(gallery, [probe], Limit: 2, Threshold: null, AllowPartial: false);
        IdentifyAnswer answer = await grid.CallAsync(token => grid.Identify.IdentifyAsync(question, token), cancellationToken);
        return answer.Answers[0].Candidates.Where(candidate => candidate.Person != person)
            .Select(candidate => new CandidateBody(candidate.Person, candidate.FaceId, candidate.Distance)).FirstOrDefault();
    }
}
