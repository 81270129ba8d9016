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

    private static readonly string[] Permissions = ["Recognise", "Push", "Watch", "Read", "Enrol", "Monitor", "Administer"];

    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command with its sub-commands.</returns>
    public static Command Create(CommandShell shell)
    {
        Option<string> name = new("--name") { Description = "Who uses the key. Readers of the configuration see it.", Required = true };
        Option<int> index = new("--index")
        {
            Description = "The key's place in the list of keys in the configuration.",
            DefaultValueFactory = _ => 0,
        };
        Option<string[]> permissions = Several(
            "--permission", $"What the key may do, out of {string.Join(", ", Permissions)}. Without this option it may do everything.");
        permissions.AcceptOnlyFromAmong(Permissions);
        Option<string[]> galleries = Several(
            "--gallery", "A gallery that the key is for, and no other; needs permissions without Administer.");
        Option<string[]> cameras = Several("--camera", "A camera that the key is for, and no other; needs permissions without Administer.");
        Command create = new("create", "Prints a new random API key, once, and the configuration that admits it.")
        {
            name,
            index,
            permissions,
            galleries,
            cameras,
        };
        create.Validators.Add(result =>
        {
            // This reads tokens and not values, because an unknown permission has no value. Another check reports it.
            string[] allowed = [.. result.GetResult(permissions)?.Tokens.Select(token => token.Value) ?? []];
            bool bound = result.GetResult(galleries)?.Tokens.Count > 0 || result.GetResult(cameras)?.Tokens.Count > 0;
            if (bound && (allowed.Length == 0 || allowed.Contains("Administer", StringComparer.Ordinal)))
            {
                result.AddError("A key for certain galleries or cameras needs --permission, without Administer.");
            }
        });
        shell.Handle(create, (session, _) =>
        {
            string key = NewKey();
            (string, string)[] settings =
            [
                ("Name", session.Parsed.GetValue(name)!),
                ("Sha256", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))),
                .. List("Permissions", session.Parsed.GetValue(permissions)),
                .. List("Galleries", session.Parsed.GetValue(galleries)),
                .. List("Cameras", session.Parsed.GetValue(cameras)),
            ];
            Print(session.Terminal, key, $"FaceGrid:Gateway:ApiKeys:{session.Parsed.GetValue(index)}", settings);
            return Task.FromResult(ExitCode.Ok);
        });
        return new Command("keys", "Makes API keys.") { create };
    }

    private static string NewKey()
    {
        // A key that begins with '-' would be read as an option wherever it is an argument. Only one key in 64 begins so, and drawing
        // another one costs almost nothing.
        string key;
        do
        {
            key = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));
        }
        while (key.StartsWith('-'));

        return key;
    }

    private static Option<string[]> Several(string name, string description) => new(name)
    {
        Description = description,
        AllowMultipleArgumentsPerToken = true,
    };

    private static IEnumerable<(string Member, string Value)> List(string member, string[]? values) =>
        (values ?? []).Select((value, place) => ($"{member}:{place}", value));

    private static void Print(Terminal terminal, string key, string prefix, (string Member, string Value)[] settings)
    {
        if (terminal.IsJson)
        {
            terminal.WriteJson(new
            {
                Name = settings[0].Value,
                Key = key,
                Sha256 = settings[1].Value,
                Configuration = settings.ToDictionary(
                    setting => $"{prefix}:{setting.Member}",
                    setting => setting.Value,
                    StringComparer.Ordinal),
            });
            return;
        }

        terminal.WriteLine($"key (shown once, keep it): {key}");
        terminal.WriteLine("");
        terminal.WriteLine("configuration of every gateway, as settings:");
        foreach ((string member, string value) in settings)
        {
            terminal.WriteLine($"  {prefix}:{member} = {value}");
        }

        terminal.WriteLine("or as environment variables:");
        foreach ((string member, string value) in settings)
        {
            terminal.WriteLine($"  {$"{prefix}:{member}".Replace(":", "__", StringComparison.Ordinal)}={value}");
        }
    }
}
