using System.CommandLine;
using System.Globalization;

namespace FaceGrid.Cli.Shell;

/// <summary>The option <c>--face</c>: which face of a picture with several is meant.</summary>
internal sealed class FaceOption : Option<string>
{
    /// <summary>Creates the option.</summary>
    public FaceOption()
        : base("--face")
    {
        Description = "Of several faces, take the one that clearly dominates (dominant), the main one in any case (main), none (only), or "
            + "the one with this number, from 0.";
        DefaultValueFactory = _ => "dominant";
        Validators.Add(result =>
        {
            string text = result.GetValueOrDefault<string>() ?? "";
            if (text is not ("dominant" or "main" or "only") && !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                result.AddError("--face must be dominant, main, only or the number of a face, from 0.");
            }
        });
    }
}
