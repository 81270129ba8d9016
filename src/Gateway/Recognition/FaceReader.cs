using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.Search;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Pad;
using FaceGrid.Gateway.People;
using Microsoft.Extensions.Options;

namespace FaceGrid.Gateway.Recognition;

/// <summary>Gets the one face that enrol, verify and compare need, from a picture or from an embedding.</summary>
/// <param name="bodies">Reads request bodies.</param>
/// <param name="embedders">Reads pictures for requests that name no gallery.</param>
/// <param name="pictures">Reads pictures under the contracts of a gallery.</param>
/// <param name="options">Settings.</param>
internal sealed class FaceReader(
    RequestBodies bodies, EmbedderDirectory embedders, GalleryPictures pictures, IOptions<GatewayOptions> options)
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
        FaceChoice choice = FaceChoice.Of(context.Request);
        return await pictures.AskAsync(gallery, picture, pad, AskFacesAsync, cancellationToken);

        async Task<(OneFace Face, T Answer)> AskFacesAsync(PictureFaces faces)
        {
            OneFace face = ChooseFace(faces, choice, FaceIds.Of(picture));
            return (face, await ask(face));
        }
    }

    /// <summary>
    /// Finds the one face of a picture that a request is about. A face that is too small to embed is not usable, so a passer-by in the
    /// background does not make a portrait ambiguous.
    /// </summary>
    /// <param name="picture">Encoded bytes.</param>
    /// <param name="choice">Which face to take of several.</param>
    /// <param name="pad">Whether the faces are checked for liveness.</param>
    /// <param name="cancellationToken">Ends the call. It changes nothing.</param>
    /// <exception cref="FaceGridException">No face, several usable faces, or none large enough.</exception>
    public async Task<OneFace> AnalyseOneAsync(
        byte[] picture, FaceChoice choice, PadPolicy pad, CancellationToken cancellationToken)
    {
        PictureFaces faces = (await embedders.AnalyseAsync(picture, AnalysisRequest.Embeddings, pad, cancellationToken)).Faces;
        return ChooseFace(faces, choice, id: "");
    }

    private OneFace ChooseFace(PictureFaces faces, FaceChoice choice, string id)
    {
        (int number, ChosenBody? chosen) = choice.In(faces, options.Value.DominanceMin);
        PictureFace face = faces.Faces[number];
        return new OneFace(new Probe(face.Vector!, faces.Contract.Id), face, faces.OtherContract?.Id, id)
        {
            Chosen = chosen,
            Turned = faces.Turned,
        };
    }
}
