using System.CommandLine;

namespace FaceGrid.Cli.Shell;

/// <summary>The options that every command understands.</summary>
internal sealed class GlobalOptions
{
    /// <summary>Creates the options with their defaults from the environment.</summary>
    /// <param name="host">Where the environment is read.</param>
    public GlobalOptions(CliHost host)
    {
        Server = new Option<string>("--server")
        {
            Description = "Address of a gateway. FACEGRID_SERVER sets it, too.",
            HelpName = "url",
            Recursive = true,
            DefaultValueFactory = _ => NotEmpty(host.Environment("FACEGRID_SERVER")) ?? "http://127.0.0.1:8080",
        };
        Key = new Option<string?>("--key")
        {
            Description = "API key. FACEGRID_KEY is safer, because a command line is visible to every process of the machine.",
            HelpName = "key",
            Recursive = true,
        };
        Gallery = new Option<string>("--gallery", "-g")
        {
            Description = "The gallery to work on.",
            HelpName = "id",
            Recursive = true,
            DefaultValueFactory = _ => "default",
        };
        Json = new Option<bool>("--json")
        {
            Description = "Print JSON, also on a terminal. A pipe or a file always gets JSON.",
            Recursive = true,
        };
        Patience = new Option<double?>("--patience")
        {
            Description = "Seconds to keep trying while the grid does not answer; 0 tries once. [default: 5, for long runs 60]",
            HelpName = "seconds",
            Recursive = true,
        };
        Patience.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is not null and not (>= 0 and <= 86400))
            {
                result.AddError("--patience is 0 to 86400 seconds.");
            }
        });
    }

    /// <summary>Address of a gateway.</summary>
    public Option<string> Server { get; }

    /// <summary>API key; falls back to <c>FACEGRID_KEY</c>.</summary>
    public Option<string?> Key { get; }

    /// <summary>The gallery to work on.</summary>
    public Option<string> Gallery { get; }

    /// <summary>JSON also on a terminal.</summary>
    public Option<bool> Json { get; }

    /// <summary>How long to keep trying, in seconds.</summary>
    public Option<double?> Patience { get; }

    /// <summary>An empty variable counts as none.</summary>
    /// <param name="value">The variable's value.</param>
    /// <returns>The value, or null.</returns>
    public static string? NotEmpty(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}
