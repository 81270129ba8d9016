using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Observability;
using FaceGrid.Gateway.Pad;

namespace FaceGrid.Gateway.Recognition;

/// <summary>The services of the endpoints that read pictures and ask the grid about faces.</summary>
/// <param name="Bodies">Reads request bodies.</param>
/// <param name="Reader">Finds the one face of a request.</param>
/// <param name="Pictures">Reads pictures under the contracts of a gallery.</param>
/// <param name="Embedders">Reads pictures for requests that name no gallery.</param>
/// <param name="Grid">Calls grains.</param>
/// <param name="Gate">Applies the liveness policy.</param>
/// <param name="Metrics">Counts outcomes.</param>
/// <param name="Time">The clock.</param>
internal sealed record RecognitionServices(
    RequestBodies Bodies,
    FaceReader Reader,
    GalleryPictures Pictures,
    EmbedderDirectory Embedders,
    GridCaller Grid,
    PadGate Gate,
    GatewayMetrics Metrics,
    TimeProvider Time);
