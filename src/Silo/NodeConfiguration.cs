using System.ComponentModel.DataAnnotations;
using System.Net;
using FaceGrid.Grains.Placement;

namespace FaceGrid.Silo;

/// <summary>Reads and checks section <c>FaceGrid</c>.</summary>
internal static class NodeConfiguration
{
    /// <summary>How the process ends when an operator has to mend something first.</summary>
    public const int ExitCode = 2;

    /// <summary>How the process ends when it has waited for its database for as long as it may: whatever runs it should start it again.</summary>
    public const int WorthARestartExitCode = 1;

    // Sections and keys under "FaceGrid" that other parts of the node read and check themselves.
    private static readonly string[] Elsewhere = ["Grid", "CameraSources", "Sightings", "Rules", "Outbound", "Vision", "Gateway", "Url"];

    /// <summary>Reads the node's own settings.</summary>
    /// <param name="configuration">All configuration.</param>
    /// <returns>Checked settings.</returns>
    /// <exception cref="NodeConfigurationException">Something is unknown or out of range.</exception>
    public static NodeOptions Read(IConfiguration configuration)
    {
        IConfigurationSection section = configuration.GetSection("FaceGrid");
        var node = new NodeOptions();
        string[] known = [.. typeof(NodeOptions).GetProperties().Select(property => property.Name), .. Elsewhere];
        List<string> mistakes = [.. section.GetChildren()
            .Where(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            .Select(child => $"FaceGrid:{child.Key} is not a setting; known are {string.Join(", ", known)}.")];
        try
        {
            section.Bind(node);
        }
        catch (InvalidOperationException wrong)
        {
            mistakes.Add(wrong.InnerException is null ? wrong.Message : $"{wrong.Message} {wrong.InnerException.Message}");
        }

        var results = new List<ValidationResult>();
        Validator.TryValidateObject(node, new ValidationContext(node), results, validateAllProperties: true);
        mistakes.AddRange(results.Select(result => $"FaceGrid:{string.Join(", ", result.MemberNames)}: {result.ErrorMessage}"));
        results.Clear();
        Validator.TryValidateObject(node.Cluster, new ValidationContext(node.Cluster), results, validateAllProperties: true);
        mistakes.AddRange(results.Select(result => $"FaceGrid:Cluster:{string.Join(", ", result.MemberNames)}: {result.ErrorMessage}"));
        if (!IPAddress.TryParse(node.Cluster.Address, out _))
        {
            mistakes.Add($"FaceGrid:Cluster:Address '{node.Cluster.Address}' is not an IP address.");
        }

        mistakes.AddRange(node.Roles.Except(Roles.All).Select(role => $"FaceGrid:Roles has '{role}'; allowed are {string.Join(", ", Roles.All)}."));
        return mistakes.Count == 0 ? node : throw new NodeConfigurationException(string.Join(Environment.NewLine, mistakes));
    }

    /// <summary>The roles in force.</summary>
    /// <param name="node">Settings.</param>
    /// <returns>The configured ones, or all.</returns>
    public static string[] RolesOf(NodeOptions node) => node.Roles.Count > 0 ? [.. node.Roles] : [.. Roles.All];
}
