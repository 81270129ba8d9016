using System.CommandLine;

namespace FaceGrid.Cli.Shell;

/// <summary>Says which numbers an option takes, so that a wrong one is a usage error that names the range.</summary>
internal static class CommandRanges
{
    /// <summary>Limits an option to a range.</summary>
    /// <param name="option">The option.</param>
    /// <param name="min">Smallest allowed value.</param>
    /// <param name="max">Largest allowed value.</param>
    public static void Between(Option<int> option, int min, int max) => option.Validators.Add(result =>
    {
        int value = result.GetValueOrDefault<int>();
        if (value < min || value > max)
        {
            result.AddError($"{option.Name} is {min} to {max}.");
        }
    });

    /// <summary>Limits an optional number to 1 and more.</summary>
    /// <param name="option">The option.</param>
    public static void AtLeastOne(Option<int?> option) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int?>() is < 1)
        {
            result.AddError($"{option.Name} is 1 or more.");
        }
    });

    /// <summary>Limits an optional distance to 0 to 2, the range between unit vectors.</summary>
    /// <param name="option">The option.</param>
    public static void Distance(Option<double?> option) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<double?>() is { } value and not (>= 0 and <= 2))
        {
            result.AddError($"{option.Name} is a distance, 0 to 2.");
        }
    });

    /// <summary>Refuses a number that cannot be a promised rate: it must be above 0 and below 1.</summary>
    /// <param name="option">The option.</param>
    public static void Rate(Option<double?> option) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<double?>() is { } value and not (> 0 and < 1))
        {
            result.AddError($"{option.Name} is above 0 and below 1.");
        }
    });
}
