using System.ComponentModel.DataAnnotations;

namespace FaceGrid.Gateway;

/// <summary>Settings of the HTTP edge, section <c>FaceGrid:Gateway</c>. Unknown keys are refused.</summary>
public sealed class GatewayOptions
{
    /// <summary>The configuration section that these options come from.</summary>
    public const string Section = "FaceGrid:Gateway";

    /// <summary>Bytes of one picture, past which the answer is 413. Default 10 MiB; allowed 1 KiB to 256 MiB.</summary>
    [Range(1L << 10, 256L << 20)]
    public long ImageBytesMax { get; set; } = 10L << 20;

    /// <summary>
    /// Bytes of one JSON body, past which the answer is 413. Default 64 MiB, room for a bulk enrolment; allowed 1 KiB to 1 GiB.
    /// </summary>
    [Range(1L << 10, 1L << 30)]
    public long JsonBytesMax { get; set; } = 64L << 20;

    /// <summary>API requests in flight, past which the answer is 429. Default 256; allowed 1 to 65,536.</summary>
    [Range(1, 65_536)]
    public int ConcurrencyMax { get; set; } = 256;

    /// <summary>
    /// Requests with pictures in flight, past which the answer to another is 429, so that slow embedders do not hold up verifying and
    /// identifying by vector. They count for <see cref="ConcurrencyMax"/>, too. Default 0: half of <see cref="ConcurrencyMax"/>, at least
    /// 1; allowed 0 to 65,536. Times <see cref="ImageBytesMax"/> it bounds the memory that pictures take.
    /// </summary>
    [Range(0, 65_536)]
    public int PictureConcurrencyMax { get; set; }

    /// <summary><see cref="PictureConcurrencyMax"/> with its default worked out.</summary>
    internal int PicturesAtOnce => PictureConcurrencyMax > 0 ? PictureConcurrencyMax : Math.Max(1, ConcurrencyMax / 2);

    /// <summary>
    /// Longest time an API request may take, upload included, past which the answer is 503. Default 30 s; allowed 100 ms to 10 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Listeners to events at once, past which the answer to another is 429. They have no deadline and take no place among the requests
    /// in flight. Default 64; allowed 0 to 4,096.
    /// </summary>
    [Range(0, 4_096)]
    public int ListenersMax { get; set; } = 64;

    /// <summary>
    /// True to serve the Orleans dashboard at <c>/dashboard</c>. Default false: it measures every grain call. Set it alike on every node
    /// and gateway of a grid.
    /// </summary>
    public bool Dashboard { get; set; }

    /// <summary>Keys that callers may use; with none, the gateway listens on loopback addresses only.</summary>
    public IList<ApiKeyOptions> ApiKeys { get; set; } = [];
}
