using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Gateway.Grid;

namespace FaceGrid.Gateway.Recognition;

/// <summary>
/// Reads pictures under the contracts that a gallery wants. When the gallery has moved to another model between the picture and the
/// question, the picture is read again, so that such a move fails nobody.
/// </summary>
/// <param name="embedders">Reads pictures.</param>
/// <param name="maps">Knows the contracts of galleries.</param>
internal sealed class GalleryPictures(EmbedderDirectory embedders, GalleryMaps maps)
{
    // A gallery may move twice under one question, and that is worth a third attempt. One that moves all the time is not.
    private const int AttemptsMax = 3;

    /// <summary>Reads a picture and asks the grid about its faces.</summary>
    /// <param name="gallery">The gallery, and what it wants of the picture.</param>
    /// <param name="picture">Encoded bytes.</param>
    /// <param name="pad">Whether faces are looked at for liveness.</param>
    /// <param name="ask">The question. It is asked again with vectors of the other model when the gallery has moved.</param>
    /// <param name="cancellationToken">Ends the request. A question that was sent may still be answered by the grid.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="FaceGridException">The picture could not be read, or the question was refused.</exception>
    public async Task<T> AskAsync<T>(
        PictureGallery gallery, byte[] picture, PadPolicy pad, Func<PictureFaces, Task<T>> ask, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            PictureWish wish = gallery.WishOf(await maps.GetAsync(gallery.Id, fresh: attempt > 1, cancellationToken));
            PictureFaces faces = await ReadAsync(picture, wish, pad, cancellationToken);
            try
            {
                return await ask(faces);
            }
            catch (FaceGridException mismatch) when (mismatch.Code == ErrorCodes.ContractMismatch && attempt < AttemptsMax)
            {
                // Another attempt helps only when the gallery now wants something else than what was read.
                GalleryMap? now = await maps.GetAsync(gallery.Id, fresh: true, cancellationToken);
                if (now is null || now.Contract?.Id == faces.Contract.Id || gallery.WishOf(now) == wish)
                {
                    throw;
                }
            }
        }
    }

    /// <summary>
    /// Reads a picture. Where no node makes vectors of the second contract, the faces go without one, and the gallery lists them as
    /// lacking. Where no node makes vectors of the first contract, the picture is read as nodes can, and the gallery says why it refuses
    /// that.
    /// </summary>
    private async Task<PictureFaces> ReadAsync(byte[] picture, PictureWish wish, PadPolicy pad, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return (await embedders.AnalyseAsync(picture, wish, pad, cancellationToken)).Faces;
            }
            catch (FaceGridException missing) when (
                missing.Code == ErrorCodes.ModelUnavailable && (wish.OtherContract ?? wish.Contract) is not null)
            {
                wish = wish.OtherContract is not null ? wish with { OtherContract = null } : wish with { Contract = null };
            }
        }
    }
}
