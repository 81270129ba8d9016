using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Observability;

namespace FaceGrid.Gateway.Pad;

/// <summary>
/// Applies the policy against presentation attacks: the stricter one of the gallery's and the request's own. So a request can ask for more
/// than its gallery does and never for less. When neither names a policy, liveness is reported.
/// </summary>
internal sealed class PadGate(GalleryMaps maps, GatewayMetrics metrics)
{
    /// <summary>Finds the policy in force for a question to a gallery.</summary>
    /// <param name="gallery">Gallery id, checked.</param>
    /// <param name="question">Chooses one of the gallery's policies.</param>
    /// <param name="asked">The request's parameter <c>pad</c>, or null.</param>
    /// <param name="cancellationToken">Ends the call; nothing is left behind.</param>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.InvalidParameter"/>, or the gallery cannot be reached. Its policy is not guessed.
    /// </exception>
    public async ValueTask<PadPolicy> InForceAsync(
        string gallery, Func<GalleryPad, PadPolicy?> question, string? asked, CancellationToken cancellationToken)
    {
        PadPolicy? request = PadText.Parse(asked, "pad");
        GalleryPad? pad = (await maps.GetAsync(gallery, fresh: false, cancellationToken))?.Pad;
        return PadRules.Stricter(pad is null ? null : question(pad), request);
    }

    /// <summary>Counts the liveness of a face, and says whether the policy rejects the face.</summary>
    /// <param name="face">The face, or null when an embedding was given.</param>
    /// <param name="policy">The policy in force.</param>
    /// <returns>True when a live face is required and this face is not live.</returns>
    /// <exception cref="FaceGridException">A live face is required, and the liveness of this face is not known.</exception>
    public bool Rejects(PictureFace? face, PadPolicy policy)
    {
        if (face?.Liveness is not { } liveness)
        {
            // A face that is too small to be judged has no vector either, so it cannot match anybody.
            return policy == PadPolicy.Require && face is not { Vector: null } ? throw Unknown(face) : false;
        }

        bool live = liveness.IsLive;
        metrics.Judged(live, policy);
        return PadRules.Rejects(liveness, policy);
    }

    /// <summary>Refuses a face that is not live when a live one is required.</summary>
    /// <param name="face">The face, or null when an embedding was given.</param>
    /// <param name="policy">The policy in force.</param>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.PresentationAttack"/>; <see cref="ErrorCodes.PictureRequired"/> or
    /// <see cref="ErrorCodes.PadUnavailable"/> when the liveness of the face is not known.
    /// </exception>
    public void RefuseSpoof(PictureFace? face, PadPolicy policy)
    {
        if (Rejects(face, policy))
        {
            Liveness liveness = face!.Liveness!;
            throw new FaceGridException(
                ErrorCodes.PresentationAttack,
                FormattableString.Invariant(
                    $"The face does not look like a live one: {liveness.Live:0.00}, and {liveness.Threshold:0.00} is needed."));
        }
    }

    /// <summary>Refuses an embedding when a live face is required.</summary>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.PictureRequired"/>.</exception>
    public static void RefuseEmbedding(PadPolicy policy)
    {
        if (policy == PadPolicy.Require)
        {
            throw Unknown(face: null);
        }
    }

    private static FaceGridException Unknown(PictureFace? face) => face is null
        ? new(ErrorCodes.PictureRequired, "A live face is required here, and an embedding cannot show one: send a picture.")
        : new(ErrorCodes.PadUnavailable, "A live face is required, and the node that read the picture did not say whether it is one.");
}
