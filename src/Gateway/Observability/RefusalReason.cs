namespace FaceGrid.Gateway.Observability;

/// <summary>Why a request was answered with 429.</summary>
internal enum RefusalReason
{
    /// <summary>More requests in flight than <see cref="GatewayOptions.ConcurrencyMax"/>.</summary>
    Concurrency = 0,

    /// <summary>The queues of all embedders are full.</summary>
    Embedders = 1,

    /// <summary>A node or a grain is overloaded.</summary>
    Grid = 2,

    /// <summary>More requests with pictures in flight than <see cref="GatewayOptions.PictureConcurrencyMax"/>.</summary>
    Pictures = 3,

    /// <summary>More listeners to events than <see cref="GatewayOptions.ListenersMax"/>.</summary>
    Listeners = 4,
}
