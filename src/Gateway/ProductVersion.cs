using System.Reflection;

namespace FaceGrid.Gateway;

/// <summary>The version of this build.</summary>
public static class ProductVersion
{
    /// <summary>The argument that makes a program print its version and end.</summary>
    public const string Argument = "--version";

    /// <summary>
    /// The version of <c>Directory.Build.props</c>, for example <c>1.2.3</c>. A build from a git checkout adds <c>+</c> and the commit.
    /// </summary>
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
