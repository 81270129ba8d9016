using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace FaceGrid.Models;

/// <summary>
/// A face embedder, which turns an aligned crop into a vector. The vectors of two profiles are comparable only when their
/// <see cref="ContractId"/> is equal.
/// </summary>
public sealed record EmbedderProfile : ModelProfile
{
    private string? _contractId;

    /// <summary>Length of the vector. Range: 16 to 4,096.</summary>
    public required int Dimension { get; init; }

    /// <summary>Width of the aligned crop in pixels. Range: 16 to 1,024.</summary>
    public required int InputWidth { get; init; }

    /// <summary>Height of the aligned crop in pixels. Range: 16 to 1,024.</summary>
    public required int InputHeight { get; init; }

    /// <summary>Order of the colour planes. The layout is always batch x 3 x height x width, float32.</summary>
    public required ChannelOrder Colour { get; init; }

    /// <summary>Three numbers in plane order, in grey levels 0 to 255: the input is (level - mean) x scale.</summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>Three numbers in plane order: the input is (level - mean) x scale.</summary>
    public required IReadOnlyList<float> Scale { get; init; }

    /// <summary>
    /// Target positions of the five landmarks, in pixels of the crop: five pairs (x, y) in the order of <see cref="FaceLandmarks"/>.
    /// </summary>
    public required IReadOnlyList<IReadOnlyList<float>> Alignment { get; init; }

    /// <summary>How the model's output becomes the vector. Only <c>l2</c> (division by the Euclidean norm) is supported.</summary>
    public required string Normalisation { get; init; }

    /// <summary>Calibrated thresholds; empty when the profile was never measured.</summary>
    public IReadOnlyList<MatchThreshold> Thresholds { get; init; } = [];

    /// <summary>
    /// The error rates by distance, measured by <c>facegrid calibrate</c>. Null when they were never measured; a gallery of this embedder
    /// then cannot promise a rate.
    /// </summary>
    public Calibration? Calibration { get; init; }

    /// <summary>The alignment points as landmarks.</summary>
    [JsonIgnore]
    public FaceLandmarks Template => FaceLandmarks.FromArray([.. Alignment.SelectMany(point => point)]);

    /// <summary>
    /// Stable id of everything that makes two vectors comparable: <c>{id}@{16 hexadecimal digits}</c>. The digits are the first 64 bits
    /// of the SHA-256 of <see cref="ContractText"/>.
    /// </summary>
    [JsonIgnore]
    public string ContractId => _contractId ??=
        $"{Id}@{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ContractText)).AsSpan(0, 8))}";

    /// <summary>
    /// The canonical text behind <see cref="ContractId"/>: one <c>key=value</c> per line. Numbers are in the shortest form that reads back
    /// to the same float32. A change of this text cuts every existing gallery off from its model, so a test pins it.
    /// </summary>
    [JsonIgnore]
    public string ContractText => string.Join('\n',
        "facegrid-contract=1",
        "model=" + Sha256,
        "dimension=" + Dimension.ToString(CultureInfo.InvariantCulture),
        "alignment=similarity5;bilinear;border0;" + Numbers(Alignment.SelectMany(point => point)),
        "input=" + Numbers([InputWidth, InputHeight]),
        "colour=" + (Colour == ChannelOrder.Rgb ? "rgb" : "bgr"),
        "mean=" + Numbers(Mean),
        "scale=" + Numbers(Scale),
        "normalisation=" + Normalisation);

    private static string Numbers(IEnumerable<float> numbers) =>
        string.Join(',', numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture)));
}
