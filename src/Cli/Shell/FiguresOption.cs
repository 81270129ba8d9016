using System.CommandLine;
using System.Text.Json;
using FaceGrid.Client;

namespace FaceGrid.Cli.Shell;

/// <summary>The option <c>--out</c> of commands that measure.</summary>
internal sealed class FiguresOption : Option<string?>
{
    /// <summary>Creates the option.</summary>
    public FiguresOption()
        : base("--out") => Description = "Also write the figures to this file, as JSON.";

    /// <summary>Writes the figures, when the caller named a file.</summary>
    /// <typeparam name="T">Any serialisable type.</typeparam>
    /// <param name="session">The run.</param>
    /// <param name="figures">What was measured.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>Completes when the figures are written.</returns>
    public async Task WriteAsync<T>(Session session, T figures, CancellationToken cancellationToken)
    {
        if (session.Parsed.GetValue(this) is { } file)
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(figures, ClusterJson.Options), cancellationToken);
        }
    }
}
