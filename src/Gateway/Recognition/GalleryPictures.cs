using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Gateway.Grid;

namespace FaceGrid.Gateway.Recognition;

/// <summary>
/// Reads pictures under the contracts that a gallery wants, and reads them again when the gallery has moved to another model between the picture and the question, so that such a move fails nobody.
/// </summary>
internal sealed class GalleryPictures(EmbedderDirectory embedders, GalleryMaps maps)
{
    // A gallery that turns twice under one question is worth a third try; one that turns all the time is not.
    private const int AttemptsMax = 3;

    /// <summary>Reads a picture and asks the grid about its faces.</summary>
    /// <param name="gallery">Gallery id, checked.</param>
    /// <param name="picture">Encoded bytes.</param>
    /// <param name="wish">What the gallery wants of it: <see cref="PictureWish.ToSearch"/> or <see cref="PictureWish.ToEnrol"/>.</param>
    /// <param name="pad">Whether to look if faces are live.</param>
    /// <param name="ask">The question; is asked again with other vectors where those do not fit any more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its answer.</returns>
    /// <exception cref="FaceGridException">What the embedders or the question say.</exception>
    public async Task<T> AskAsync<T>(
        string gallery, byte[] picture, Func<GalleryMap?, PictureWish> wish, PadPolicy pad, Func<PictureFaces, Task<T>> ask, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            GalleryMap? map = await maps.GetAsync(gallery, fresh: attempt > 1, cancellationToken);
            PictureFaces faces = await ReadAsync(picture, wish(map), pad, cancellationToken);
            try
            {
                return await ask(faces);
            }
            catch (FaceGridException mismatch) when (mismatch.Code == ErrorCodes.ContractMismatch && attempt < AttemptsMax)
            {
                GalleryMap? now = await maps.GetAsync(gallery, fresh: true, cancellationToken);
                if (now is null || now.Contract?.Id == faces.Contract.Id || wish(now) == wish(map))
                {
                    throw;
                }
            }
        }
    }

    /// <summary>
    /// Reads a picture. Where no node makes vectors of the second contract, the face does without: it is listed as lacking one. Where none makes those of the first, it is read as nodes can, and the gallery
    /// says why it refuses that.
    /// </summary>
    private async Task<PictureFaces> ReadAsync(byte[] picture, PictureWish wish, PadPolicy pad, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return (await embedders.AnalyseAsync(picture, wish, pad, cancellationToken)).Faces;
            }
            catch (FaceGridException missing) when (missing.Code == ErrorCodes.ModelUnavailable && (wish.OtherContract ?? wish.Contract) is not null)
            {
                wish = wish.OtherContract is not null ? wish with { OtherContract = null } : wish with { Contract = null };
            }
        }
    }
}
