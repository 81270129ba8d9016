using System.Runtime.CompilerServices;

namespace FaceGrid.Tests.House;

/// <summary>The files of this repository that people write: what is built, fetched or measured is left out.</summary>
internal static class SourceTree
{
    private static readonly string[] NotWritten = ["bin", "obj", "node_modules", "TestResults"];

    /// <summary>Folder that holds src, tests and docs.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The files of a folder and of the folders below it, ordered by path.</summary>
    /// <param name="folder">Path from the root.</param>
    /// <param name="pattern">Pattern of their names, such as <c>*.cs</c>.</param>
    /// <returns>Paths from the root, with slashes.</returns>
    public static IEnumerable<string> Files(string folder, string pattern)
    {
        string full = Path.Combine(Root, folder);
        foreach (string file in Directory.EnumerateFiles(full, pattern).Order(StringComparer.Ordinal))
        {
            yield return Path.GetRelativePath(Root, file).Replace('\\', '/');
        }

        foreach (string below in Directory.EnumerateDirectories(full).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(below);
            if (NotWritten.Contains(name) || name.StartsWith('.'))
            {
                continue;
            }

            foreach (string file in Files($"{folder}/{name}", pattern))
            {
                yield return file;
            }
        }
    }

    /// <summary>Lines of a file.</summary>
    /// <param name="path">Path from the root.</param>
    /// <returns>The lines.</returns>
    public static string[] Lines(string path) => File.ReadAllLines(Path.Combine(Root, path));

    /// <summary>Text of a file.</summary>
    /// <param name="path">Path from the root.</param>
    /// <returns>The text.</returns>
    public static string Text(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
