using System.Security.Cryptography;
using System.Text;

namespace FaceGrid.Cli.Shell;

/// <summary>The directory where this tool keeps data that may be lost: journals of interrupted work.</summary>
internal static class StateDirectory
{
    /// <summary>Finds the user's directory for state.</summary>
    /// <param name="host">Where the environment is read.</param>
    /// <returns>
    /// <c>$XDG_STATE_HOME/facegrid</c>, else the platform's local application data, else the temporary directory. It need not exist.
    /// </returns>
    public static string Find(CliHost host)
    {
        string? root = GlobalOptions.NotEmpty(host.Environment("XDG_STATE_HOME"))
            ?? GlobalOptions.NotEmpty(
                Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify));
        return Path.Combine(root ?? Path.GetTempPath(), "facegrid");
    }

    /// <summary>A short name for a long one.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>16 hex digits.</returns>
    public static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}
