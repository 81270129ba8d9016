using System.ComponentModel.DataAnnotations;

namespace FaceGrid.Gateway;

/// <summary>Settings of the HTTP edge, section <c>FaceGrid:Gateway</c>. Unknown keys are refused.</summary>
public sealed class GatewayOptions
{
    /// <summary>The configuration section that these options come from.</summary>
    public const string Section = "FaceGrid:Gateway";

    /// <summary>Most bytes of one picture; a larger one is answered with 413. Default 10 MiB; allowed 1 KiB to 256 MiB.</summary>
    [Range(1L << 10, 256L << 20)]
    public long ImageBytesMax { get; set; } = 10L << 20;

    /// <summary>
    /// Most bytes of one JSON body; a larger one is answered with 413. Default 64 MiB, room for a bulk enrolment; allowed 1 KiB to 1 GiB.
    /// </summary>
    [Range(1L << 10, 1L << 30)]
    public long JsonBytesMax { get; set; } = 64L << 20;

    /// <summary>Most API requests in flight; a further one is answered with 429. Default 256; allowed 1 to 65,536.</summary>
    [Range(1, 65_536)]
    public int ConcurrencyMax { get; set; } = 256;

    /// <summary>
    /// Most requests with pictures in flight; a further one is answered with 429. So slow embedders do not block verifying and identifying
    /// by vector. These requests count towards <see cref="ConcurrencyMax"/>, too. Default 0: half of <see cref="ConcurrencyMax"/>, at least
    /// 1; allowed 0 to 65,536. Multiplied by <see cref="ImageBytesMax"/> it bounds the memory that pictures take.
    /// </summary>
    [Range(0, 65_536)]
    public int PictureConcurrencyMax { get; set; }

    /// <summary><see cref="PictureConcurrencyMax"/> with its default worked out.</summary>
    internal int PicturesAtOnce => PictureConcurrencyMax > 0 ? PictureConcurrencyMax : Math.Max(1, ConcurrencyMax / 2);

    /// <summary>
    /// How many times as prominent as the next face the largest, most central and sharpest face of a picture must be to dominate it. Enrol,
    /// verify and compare take a dominant face and refuse other pictures of several people, unless the request says which face it means.
    /// Default 3; allowed 1 to 1,000.
    /// </summary>
    [Range(1.0, 1_000.0)]
    public double DominanceMin { get; set; } = 3;

    /// <summary>
    /// Longest time an API request may take, upload included; after that it is answered with 503. Default 30 s; allowed 100 ms to 10 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Most listeners to events at once; a further one is answered with 429. Listeners have no deadline and do not count as requests in
    /// flight. Default 64; allowed 0 to 4,096.
    /// </summary>
    [Range(0, 4_096)]
    public int ListenersMax { get; set; } = 64;

    /// <summary>
    /// True to serve the Orleans dashboard at <c>/dashboard</c>. Default false, because the dashboard measures every grain call. Every node
    /// and gateway of a grid needs the same value.
    /// </summary>
    public bool Dashboard { get; set; }

    /// <summary>Keys that callers may use. Without keys the gateway listens on loopback addresses only.</summary>
    public IList<ApiKeyOptions> ApiKeys { get; set; } = [];
}
