namespace FaceGrid.Evaluation.Pad;

/// <summary>Errors at one threshold, in the terms of ISO/IEC 30107-3. Pictures without a usable face are not counted.</summary>
/// <param name="Threshold">At or above it a face counts as live.</param>
/// <param name="Bpcer">Live faces taken for attacks (bona fide presentation classification error rate); null without live faces.</param>
/// <param name="Apcer">
/// Attacks taken for live faces (attack presentation classification error rate), by kind; a kind without a usable face is null.
/// </param>
/// <param name="ApcerWorst">The largest of them, by which a system is judged; null without attacks.</param>
internal sealed record PadFigures(double Threshold, PadRate? Bpcer, IReadOnlyDictionary<string, PadRate?> Apcer, double? ApcerWorst)
{
    /// <summary>Computes the errors.</summary>
    /// <param name="pictures">What was measured.</param>
    /// <param name="threshold">Between 0 and 1.</param>
    /// <returns>The figures.</returns>
    public static PadFigures At(IReadOnlyCollection<PadPicture> pictures, double threshold)
    {
        Dictionary<string, PadRate?> rates = new(StringComparer.Ordinal);
        IEnumerable<IGrouping<string, PadPicture>> kinds = pictures
            .GroupBy(picture => picture.Kind, StringComparer.Ordinal)
            .OrderBy(kind => kind.Key, StringComparer.Ordinal);
        foreach (IGrouping<string, PadPicture> kind in kinds)
        {
            rates.Add(
                kind.Key,
                PadRate.Of(kind.Count(picture => IsWrong(picture, threshold)), kind.Count(picture => picture.Live is not null)));
        }

        rates.Remove(PadFolder.Live, out PadRate? bpcer);
        return new PadFigures(threshold, bpcer, rates, rates.Values.Max(rate => rate?.Value));
    }

    /// <summary>Whether a picture is decided wrongly at a threshold.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="threshold">At or above it a face counts as live.</param>
    /// <returns>False where nothing was measured.</returns>
    public static bool IsWrong(PadPicture picture, double threshold) =>
        picture.Live is { } live && live >= (float)threshold != (picture.Kind == PadFolder.Live);
}
