using System.ComponentModel.DataAnnotations;
using System.Net;
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Cameras.Outbound;
using FaceGrid.Cameras.Placement;
using FaceGrid.Cameras.Rules;
using FaceGrid.Cameras.Sightings;
using FaceGrid.Cameras.Sources;
using FaceGrid.Gateway;
using FaceGrid.Grains;
using FaceGrid.Vision;

namespace FaceGrid.Silo;

/// <summary>Reads and checks section <c>FaceGrid</c>.</summary>
internal static class NodeConfiguration
{
    // Sections and keys under "FaceGrid" that other parts of the node read. Those parts check the ranges themselves.
    private static readonly string[] Elsewhere = ["Grid", "CameraSources", "Sightings", "Rules", "Outbound", "Vision", "Gateway", "Url"];

    /// <summary>Reads the node's own settings, and looks for unknown keys and wrong values in all sections.</summary>
    /// <param name="configuration">All configuration.</param>
    /// <returns>Checked settings.</returns>
    /// <exception cref="NodeConfigurationException">Something is unknown or out of range.</exception>
    public static NodeOptions Read(IConfiguration configuration)
    {
        IConfigurationSection section = configuration.GetSection("FaceGrid");
        var node = new NodeOptions();
        List<string> mistakes =
        [
            .. SettingsCheck.MistakesIn<NodeOptions>(section, Elsewhere),
            .. SettingsCheck.MistakesIn<GridOptions, CameraOptions>(section.GetSection("Grid")),
            .. SettingsCheck.MistakesIn<FrameSourceOptions>(section.GetSection("CameraSources")),
            .. SettingsCheck.MistakesIn<SightingOptions>(section.GetSection("Sightings")),
            .. SettingsCheck.MistakesIn<RuleOptions>(section.GetSection("Rules")),
            .. SettingsCheck.MistakesIn<OutboundOptions>(section.GetSection("Outbound")),
            .. SettingsCheck.MistakesIn<VisionOptions>(section.GetSection("Vision")),
            .. SettingsCheck.MistakesIn<GatewayOptions>(section.GetSection("Gateway")),
        ];
        try
        {
            section.Bind(node);
        }
        catch (InvalidOperationException)
        {
            // SettingsCheck has reported it already.
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

        mistakes.AddRange(
            node.Roles.Except(Roles.All).Select(role => $"FaceGrid:Roles has '{role}'; allowed are {string.Join(", ", Roles.All)}."));
        return mistakes.Count == 0 ? node : throw new NodeConfigurationException(string.Join(Environment.NewLine, mistakes));
    }

    /// <summary>The roles in force.</summary>
    /// <param name="node">Settings.</param>
    /// <returns>The configured ones, or all.</returns>
    public static string[] RolesOf(NodeOptions node) => node.Roles.Count > 0 ? [.. node.Roles] : [.. Roles.All];
}
