using Microsoft.Extensions.Options;

namespace FaceGrid.Gateway;

/// <summary>Gets the one face that enrol, verify and compare work on, from a picture or from an embedding.</summary>
internal sealed class FaceReader(EmbedderDirectory embedders, IOptions<GatewayOptions> options)
{
    /// <summary>Reads the request's one face.</summary>
    /// <returns>The vector with its contract, the face when it came from a picture, and the id of the bytes.</returns>
    /// <exception cref="FaceGridException">What the body or the picture lacks.</exception>
    public async Task<(Probe Probe, PictureFace? Face, string Id)> ReadOneAsync(HttpContext context, RequestBodies bodies, CancellationToken cancellationToken)
    {
        if (RequestBodies.IsJson(context.Request))
        {
            Probe given = (await bodies.ReadJsonAsync(context, GatewayJson.Default.ProbeBody, cancellationToken)).ToProbe();
            return (given, null, FaceIds.Of(given.Vector));
        }

        byte[] picture = await bodies.ReadPictureAsync(context, cancellationToken);
        (Probe probe, PictureFace face) = await AnalyseOneAsync(picture, cancellationToken);
        return (probe, face, FaceIds.Of(picture));
    }

    /// <summary>Finds the one usable face of a picture. Faces below the minimal eye distance are not usable, so a passer-by far behind does not spoil a portrait.</summary>
    /// <exception cref="FaceGridException">No face, several usable faces, or none large enough.</exception>
    public async Task<(Probe Probe, PictureFace Face)> AnalyseOneAsync(byte[] picture, CancellationToken cancellationToken)
    {
        PictureFaces faces = (await embedders.AnalyseAsync(picture, embed: true, cancellationToken)).Faces;
        float pixelsMin = options.Value.EyeDistanceMinPixels;
        PictureFace[] usable = [.. faces.Faces.Where(face => face.Quality.EyeDistance >= pixelsMin)];
        if (faces.Faces.Length == 0)
        {
            throw new FaceGridException(ErrorCodes.NoFace, "No face was found in the picture.");
        }

        if (usable.Length == 0)
        {
            throw new FaceGridException(ErrorCodes.FaceTooSmall, $"The eyes are {faces.Faces.Max(face => face.Quality.EyeDistance):0.0} pixels apart; at least {pixelsMin} are needed.");
        }

        if (usable.Length > 1)
        {
            throw new FaceGridException(ErrorCodes.SeveralFaces, $"The picture has {usable.Length} faces; exactly one is needed.");
        }

        return (ProbeOf(usable[0], faces.Contract), usable[0]);
    }

    public static Probe ProbeOf(PictureFace face, Contract contract) =>
        new(face.Vector ?? throw new InvalidOperationException("The embedder left out an embedding that was asked for."), contract.Id);
}
