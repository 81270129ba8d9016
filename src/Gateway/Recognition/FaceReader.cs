using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.Search;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Pad;
using FaceGrid.Gateway.People;

namespace FaceGrid.Gateway.Recognition;

/// <summary>Gets the one face that enrol, verify and compare need, from a picture or from an embedding.</summary>
/// <param name="bodies">Reads request bodies.</param>
/// <param name="embedders">Reads pictures for requests that name no gallery.</param>
/// <param name="pictures">Reads pictures under the contracts of a gallery.</param>
internal sealed class FaceReader(RequestBodies bodies, EmbedderDirectory embedders, GalleryPictures pictures)
{
    /// <summary>Reads the one face of a request and asks the grid about it.</summary>
    /// <param name="context">The request; its body is read.</param>
    /// <param name="gallery">The gallery that is asked. It decides by which contracts a picture is read.</param>
    /// <param name="pad">The policy in force. Where it requires a live face, an embedding is refused.</param>
    /// <param name="ask">Asks the question. It is called again when the gallery has changed its model in the meantime.</param>
    /// <param name="cancellationToken">Ends the request. The grid may still carry out a question that was already sent.</param>
    /// <returns>The face that the answer is about, and the answer.</returns>
    /// <exception cref="FaceGridException">The body or the picture does not give one usable face, or the grid refused.</exception>
    public async Task<(OneFace Face, T Answer)> AskOneAsync<T>(
        HttpContext context, PictureGallery gallery, PadPolicy pad, Func<OneFace, Task<T>> ask, CancellationToken cancellationToken)
    {
        if (RequestBodies.IsJson(context.Request))
        {
            PadGate.RefuseEmbedding(pad);
            Probe given = (await bodies.ReadJsonAsync(context, GatewayJson.Default.ProbeBody, cancellationToken)).ToProbe();
            var embedding = new OneFace(given, null, null, FaceIds.Of(given.Vector));
            return (embedding, await ask(embedding));
        }

        byte[] picture = await bodies.ReadPictureAsync(context, cancellationToken);
        bool main = WantsMain(context.Request);
        return await pictures.AskAsync(gallery, picture, pad, AskFacesAsync, cancellationToken);

        async Task<(OneFace Face, T Answer)> AskFacesAsync(PictureFaces faces)
        {
            OneFace face = ChooseFace(faces, main, FaceIds.Of(picture));
            return (face, await ask(face));
        }
    }

    /// <summary>
    /// Finds the one usable face of a picture. A face that is too small to embed is not usable, so a passer-by in the background does not
    /// make a portrait ambiguous.
    /// </summary>
    /// <param name="picture">Encoded bytes.</param>
    /// <param name="main">True to take the main face of several; false to refuse several.</param>
    /// <param name="pad">Whether the faces are checked for liveness.</param>
    /// <param name="cancellationToken">Ends the call. It changes nothing.</param>
    /// <exception cref="FaceGridException">No face, several usable faces, or none large enough.</exception>
    public async Task<(Probe Probe, PictureFace Face)> AnalyseOneAsync(
        byte[] picture, bool main, PadPolicy pad, CancellationToken cancellationToken)
    {
        PictureFaces faces = (await embedders.AnalyseAsync(picture, AnalysisRequest.Embeddings, pad, cancellationToken)).Faces;
        OneFace one = ChooseFace(faces, main, id: "");
        return (one.Probe, one.Face!);
    }

    private static OneFace ChooseFace(PictureFaces faces, bool main, string id)
    {
        PictureFace[] usable = [.. faces.Faces.Where(face => face.Vector is not null)];
        if (faces.Faces.Length == 0)
        {
            throw new FaceGridException(ErrorCodes.NoFace, "No face was found in the picture.");
        }

        if (usable.Length == 0)
        {
            float eyes = faces.Faces.Max(face => face.Quality.EyeDistance);
            throw new FaceGridException(ErrorCodes.FaceTooSmall, $"The largest face has only {eyes:0} pixels between its eyes.");
        }

        if (usable.Length > 1 && !main)
        {
            throw new FaceGridException(
                ErrorCodes.SeveralFaces,
                $"The picture has {usable.Length} usable faces; exactly one is needed. Add face=main to use the main one.");
        }

        PictureFace face = usable.MaxBy(candidate => Prominence(candidate, faces))!;
        return new OneFace(new Probe(face.Vector!, faces.Contract.Id), face, faces.OtherContract?.Id, id);
    }

    /// <summary>Reads the query parameter <c>face</c>: <c>only</c> (default) or <c>main</c>.</summary>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.InvalidParameter"/>.</exception>
    public static bool WantsMain(HttpRequest request) => request.Query["face"].ToString() switch
    {
        "" or "only" => false,
        "main" => true,
        _ => throw new FaceGridException(ErrorCodes.InvalidParameter, "The parameter face must be only or main."),
    };

    // Prefers faces that are large and central: the area of the box minus twice the squared distance between its centre and the picture's
    // centre, all in pixels. The LFW reference figures choose the face of a picture by this rule.
    private static double Prominence(PictureFace face, PictureFaces faces)
    {
        double x = face.X + (face.Width / 2) - (faces.Width / 2.0);
        double y = face.Y + (face.Height / 2) - (faces.Height / 2.0);
        return (face.Width * face.Height) - (2 * ((x * x) + (y * y)));
    }
}
