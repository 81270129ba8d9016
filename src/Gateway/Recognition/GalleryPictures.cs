using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Gateway.Grid;

namespace FaceGrid.Gateway.Recognition;

/// <summary>
/// Reads pictures under the contracts that a gallery needs. When a migration changes the gallery's model between the reading and the
/// question, the picture is read again, so that the migration fails no request.
/// </summary>
/// <param name="embedders">Reads pictures.</param>
/// <param name="maps">Holds the contracts of galleries.</param>
internal sealed class GalleryPictures(EmbedderDirectory embedders, GalleryMaps maps)
{
    // A gallery may change its contracts twice during one question, so there is a third attempt. More changes than that are not expected.
    private const int AttemptsMax = 3;

    /// <summary>Reads a picture and asks the grid about its faces.</summary>
    /// <param name="gallery">The gallery. It decides by which contracts the picture is read.</param>
    /// <param name="picture">Encoded bytes.</param>
    /// <param name="pad">Whether the faces are checked for liveness.</param>
    /// <param name="ask">Asks the question. It is called again, with new vectors, when the gallery has changed its model.</param>
    /// <param name="cancellationToken">Ends the request. The grid may still carry out a question that was already sent.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="FaceGridException">The picture could not be read, or the grid refused the question.</exception>
    public async Task<T> AskAsync<T>(
        PictureGallery gallery, byte[] picture, PadPolicy pad, Func<PictureFaces, Task<T>> ask, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            AnalysisRequest request = gallery.RequestFor(await maps.GetAsync(gallery.Id, fresh: attempt > 1, cancellationToken));
            PictureFaces faces = await ReadAsync(picture, request, pad, cancellationToken);
            try
            {
                return await ask(faces);
            }
            catch (FaceGridException mismatch) when (mismatch.Code == ErrorCodes.ContractMismatch && attempt < AttemptsMax)
            {
                // Another attempt helps only when the gallery now needs other contracts than those that were read.
                GalleryMap? now = await maps.GetAsync(gallery.Id, fresh: true, cancellationToken);
                if (now is null || now.Contract?.Id == faces.Contract.Id || gallery.RequestFor(now) == request)
                {
                    throw;
                }
            }
        }
    }

    /// <summary>
    /// Reads a picture. When no node makes vectors of the second contract, the faces get none, and the gallery lists their people as
    /// lacking it. When no node makes vectors of the first contract, the picture is read by the nodes' own contract. The gallery then
    /// refuses the vectors and says why.
    /// </summary>
    private async Task<PictureFaces> ReadAsync(byte[] picture, AnalysisRequest request, PadPolicy pad, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return (await embedders.AnalyseAsync(picture, request, pad, cancellationToken)).Faces;
            }
            catch (FaceGridException missing) when (
                missing.Code == ErrorCodes.ModelUnavailable && (request.OtherContract ?? request.Contract) is not null)
            {
                request = request.OtherContract is not null ? request with { OtherContract = null } : request with { Contract = null };
            }
        }
    }
}
