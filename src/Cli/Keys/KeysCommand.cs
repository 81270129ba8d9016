using System.Buffers.Text;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using FaceGrid.Cli.Shell;

namespace FaceGrid.Cli.Keys;

/// <summary><c>facegrid keys</c>: makes API keys. The grid stores only their SHA-256.</summary>
internal static class KeysCommand
{
    private const int KeyBytes = 32;

    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command with its sub-commands.</returns>
    public static Command Create(CommandShell shell)
    {
        Option<string> name = new("--name") { Description = "Who uses the key; appears in the grid's log.", Required = true };
        Option<int> index = new("--index") { Description = "Its place in the list of keys in the configuration.", DefaultValueFactory = _ => 0 };
        Command create = new("create", "Prints a new random API key, once, and the configuration that admits it.") { name, index };
        shell.Handle(create, (session, _) =>
        {
            Print(session.Terminal, session.Parsed.GetValue(name)!, session.Parsed.GetValue(index));
            return Task.FromResult(ExitCode.Ok);
        });
        return new Command("keys", "Makes API keys.") { create };
    }

    private static string NewKey()
    {
        // A leading '-' would read as an option wherever the key is an argument; drawing again costs 1/64 of nothing.
        string key;
        do
        {
            key = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));
        }
        while (key.StartsWith('-'));

        return key;
    }

    private static void Print(Terminal terminal, string name, int index)
    {
        string key = NewKey();
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        string prefix = $"FaceGrid:Gateway:ApiKeys:{index}";
        if (terminal.IsJson)
        {
            terminal.WriteJson(new
            {
                Name = name,
                Key = key,
                Sha256 = sha256,
                Configuration = new Dictionary<string, string>(StringComparer.Ordinal) { [prefix + ":Name"] = name, [prefix + ":Sha256"] = sha256 },
            });
            return;
        }

        string variable = prefix.Replace(":", "__", StringComparison.Ordinal);
        terminal.WriteLine($"key (shown once, keep it): {key}");
        terminal.WriteLine("");
        terminal.WriteLine("configuration of every gateway, as settings:");
        terminal.WriteLine($"  {prefix}:Name = {name}");
        terminal.WriteLine($"  {prefix}:Sha256 = {sha256}");
        terminal.WriteLine("or as environment variables:");
        terminal.WriteLine($"  {variable}__Name={name}");
        terminal.WriteLine($"  {variable}__Sha256={sha256}");
    }
}
