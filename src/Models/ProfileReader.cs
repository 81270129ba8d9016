using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaceGrid.Models;

/// <summary>Reads profiles from JSON and checks them. Unknown keys are refused, so a misspelt key is noticed.</summary>
internal static class ProfileReader
{
    private const string BuiltInPrefix = "FaceGrid.Models.Profiles.";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) }
    };

    /// <summary>The profiles inside this assembly, by id.</summary>
    public static IEnumerable<ModelProfile> BuiltIn()
    {
        var assembly = typeof(ProfileReader).Assembly;
        IEnumerable<string> names = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(BuiltInPrefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        foreach (string name in names)
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var reader = new StreamReader(stream);
            yield return Parse(reader.ReadToEnd(), name, path: null)
                ?? throw new VisionSetupException("profile-invalid", $"The built-in profile {name} has no kind.");
        }
    }

    /// <summary>Reads one profile file.</summary>
    /// <returns>Null when the file is JSON but not a profile: it has no <c>kind</c> of detector, embedder or pad.</returns>
    public static ModelProfile? ReadFile(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path, Path.GetFullPath(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new VisionSetupException("profile-missing", $"The profile {path} cannot be read: {error.Message}", error);
        }
    }

    private static ModelProfile? Parse(string text, string name, string? path)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
            var root = document.RootElement;
            string? kind = root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("kind", out var value)
                && value.ValueKind == JsonValueKind.String
                ? value.GetString() : null;
            ModelProfile? profile = kind switch
            {
                "detector" => root.Deserialize<DetectorProfile>(Json)! with { ProfilePath = path },
                "embedder" => root.Deserialize<EmbedderProfile>(Json)! with { ProfilePath = path },
                "pad" => root.Deserialize<PadProfile>(Json)! with { ProfilePath = path },
                _ => null
            };
            if (profile is null)
            {
                return null;
            }

            var mistakes = Mistakes(profile).ToList();
            return mistakes.Count == 0
                ? profile
                : throw new VisionSetupException("profile-invalid", $"The profile {name} is wrong: {string.Join("; ", mistakes)}.");
        }
        catch (JsonException error)
        {
            throw new VisionSetupException("profile-invalid", $"The profile {name} cannot be read: {error.Message}", error);
        }
    }

    private static IEnumerable<string> Mistakes(ModelProfile profile)
    {
        if (profile.Id.Length is 0 or > 64
            || profile.Id.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '.')))
        {
            yield return "id must be 1 to 64 lower-case letters, digits, dots and hyphens";
        }

        if (profile.Sha256.Length != 64 || profile.Sha256.Any(c => !char.IsAsciiHexDigitLower(c)))
        {
            yield return "sha256 must be 64 lower-case hexadecimal digits";
        }

        if (profile.File.Length == 0 || profile.File is "." or ".." || profile.File.AsSpan().ContainsAny('/', '\\', '\0'))
        {
            yield return "file must be a file name without folders";
        }

        if (profile.Bytes <= 0)
        {
            yield return "bytes must be above 0";
        }

        if (profile.Source is { } source && !(Uri.TryCreate(source, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http"))
        {
            yield return "source must be an http or https address, or null";
        }

        if (profile.Accuracy is { Value: not (> 0 and <= 1) } || profile.Milliseconds is { Value: not > 0 })
        {
            yield return "accuracy must have a value above 0 and at most 1, milliseconds one above 0";
        }

        foreach (string mistake in profile switch
        {
            EmbedderProfile embedder => Mistakes(embedder),
            DetectorProfile detector => Mistakes(detector),
            PadProfile pad => Mistakes(pad),
            _ => []
        })
        {
            yield return mistake;
        }
    }

    private static IEnumerable<string> Mistakes(DetectorProfile detector)
    {
        if (detector.InputWidth % 32 != 0
            || detector.InputHeight % 32 != 0
            || detector.InputWidth is < 0 or > 4_096
            || detector.InputHeight is < 0 or > 4_096
            || (detector.InputWidth == 0) != (detector.InputHeight == 0))
        {
            yield return "inputWidth and inputHeight must both be 0 or multiples of 32 up to 4096";
        }

        if (detector.ConfidenceMin is not (>= 0.1f and <= 1))
        {
            yield return "confidenceMin must be 0.1 to 1";
        }

        if (detector.SureConfidence is not (>= 0 and <= 1))
        {
            yield return "sureConfidence must be 0 to 1";
        }
    }

    private static IEnumerable<string> Mistakes(EmbedderProfile embedder)
    {
        if (embedder.Dimension is < 16 or > 4_096)
        {
            yield return "dimension must be 16 to 4096";
        }

        if (embedder.InputWidth is < 16 or > 1_024 || embedder.InputHeight is < 16 or > 1_024)
        {
            yield return "inputWidth and inputHeight must be 16 to 1024";
        }

        if (embedder.Mean.Count != 3
            || embedder.Scale.Count != 3
            || embedder.Mean.Concat(embedder.Scale).Any(number => !float.IsFinite(number)))
        {
            yield return "mean and scale must be three finite numbers each";
        }

        if (embedder.Alignment.Count != 5
            || embedder.Alignment.Any(point => point.Count != 2 || point.Any(number => !float.IsFinite(number))))
        {
            yield return "alignment must be five pairs of finite numbers";
        }

        if (embedder.Normalisation != "l2")
        {
            yield return "normalisation must be l2";
        }

        if (embedder.Thresholds.Any(threshold => threshold.FalseMatchRate is not (> 0 and < 1) || threshold.Distance is not (> 0 and < 2)))
        {
            yield return "a threshold needs a falseMatchRate between 0 and 1 and a distance between 0 and 2";
        }

        foreach (string mistake in embedder.Calibration?.Mistakes() ?? [])
        {
            yield return mistake;
        }
    }

    private static IEnumerable<string> Mistakes(PadProfile pad)
    {
        if (pad.InputWidth is < 16 or > 1_024 || pad.InputHeight is < 16 or > 1_024)
        {
            yield return "inputWidth and inputHeight must be 16 to 1024";
        }

        if (pad.CropScale is not (>= 1 and <= 16))
        {
            yield return "cropScale must be 1 to 16";
        }

        if (pad.Classes is < 2 or > 1_000 || pad.LiveClass < 0 || pad.LiveClass >= pad.Classes)
        {
            yield return "classes must be 2 to 1000, and liveClass one of them, from 0";
        }

        if (pad.Activation != "softmax" || pad.Fusion != "sum")
        {
            yield return "activation must be softmax and fusion sum";
        }

        if (pad.Threshold is not (> 0 and < 1))
        {
            yield return "threshold must be between 0 and 1";
        }
    }
}
