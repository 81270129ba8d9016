using System.CommandLine;
using FaceGrid.Cli.Shell;
using FaceGrid.Client;
using Spectre.Console;

namespace FaceGrid.Cli.Cameras;

/// <summary><c>facegrid camera add</c>: makes a camera, or changes one.</summary>
internal sealed class AddCommand
{
    private readonly Argument<string> _id = new("id") { Description = "1 to 64 characters out of a-z, 0-9 and '-'." };
    private readonly Argument<string?> _address = new("address")
    {
        Description = "Where frames come from: rtsp://, http:// or file:NAME. Without it, frames are pushed.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string?> _kind = new("--kind")
    {
        Description = "How frames come: mjpeg, snapshot or video. [default: video for rtsp and file, mjpeg for http]",
    };
    private readonly Option<string?> _name = new("--name") { Description = "Display name." };
    private readonly Option<string?> _user = new("--user")
    {
        Description = "User name at the address. The password is in FACEGRID_CAMERA_PASSWORD, or the command asks for it.",
    };
    private readonly Option<double?> _rate = new("--fps") { Description = "Frames per second that are looked at; 5 for a new camera." };
    private readonly Option<string[]> _galleries = new("--galleries")
    {
        Description = "Galleries whose people are known, in order. [default: the one of --gallery]",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<double?> _faceSizeMin = new("--face-min")
    {
        Description = "Smallest face: pixels between the eyes, 8 to 1,000; 20 for a new camera.",
    };
    private readonly Option<double?> _gap = new("--gap")
    {
        Description = "Seconds that somebody may be out of sight within one visit; 30 for a new camera.",
    };
    private readonly Option<bool?> _pictures = new("--pictures") { Description = "Keep a picture of each visit; a new camera keeps none." };
    private readonly Option<string?> _visitors = new("--visitors") { Description = "Gallery in which unknown visitors are followed." };
    private readonly Option<bool> _off = new("--off") { Description = "Turn the camera off. Without this it runs, even when it was off." };

    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        AddCommand add = new();
        Command command = new("add", "Makes a camera, or changes one. Settings that are not given stay as they are.")
        {
            add._id,
            add._address,
            add._kind,
            add._name,
            add._user,
            add._rate,
            add._galleries,
            add._faceSizeMin,
            add._gap,
            add._pictures,
            add._visitors,
            add._off,
        };
        shell.Handle(command, add.RunAsync);
        return command;
    }

    private async Task<ExitCode> RunAsync(Session session, CancellationToken cancellationToken)
    {
        ParseResult parsed = session.Parsed;
        string camera = parsed.GetValue(_id)!;
        string[] known = parsed.GetValue(_galleries) is { Length: > 0 } given ? given : [session.Gallery];
        CameraWrite write = new(
            parsed.GetValue(_name),
            Enabled: !parsed.GetValue(_off),
            await SourceAsync(session, cancellationToken),
            parsed.GetValue(_rate),
            parsed.GetValue(_faceSizeMin),
            Array.ConvertAll(known, Session.CheckGallery),
            parsed.GetValue(_gap),
            parsed.GetValue(_pictures),
            parsed.GetValue(_visitors));
        ClusterAnswer answer = await session.Client.SendJsonAsync(HttpMethod.Put, Session.CameraPath(camera), write, cancellationToken);
        if (session.Terminal.IsJson)
        {
            session.Terminal.WriteJson(answer.Body);
        }
        else
        {
            session.Terminal.WriteLine(
                $"{(answer.Status == 201 ? "added" : "changed")} {camera}; see it with: facegrid camera test {camera}");
        }

        return ExitCode.Ok;
    }

    private async Task<CameraSourceWrite?> SourceAsync(Session session, CancellationToken cancellationToken)
    {
        ParseResult parsed = session.Parsed;
        if (parsed.GetValue(_address) is not { } given)
        {
            return parsed.GetValue(_kind) is null && parsed.GetValue(_user) is null
                ? null
                : throw CliException.Usage("--kind and --user belong to an address.");
        }

        string how = parsed.GetValue(_kind) ?? CameraSourceWrite.KindOf(given);
        string? password = GlobalOptions.NotEmpty(session.Host.Environment("FACEGRID_CAMERA_PASSWORD"));
        if (parsed.GetValue(_user) is not { } userName)
        {
            return new CameraSourceWrite(how, given, UserName: null, Password: null);
        }

        // The password is not an option, because a command line is visible to every process of the machine.
        password ??= session.Terminal.CanAsk
            ? await session.Terminal.Error.PromptAsync(
                new TextPrompt<string>($"Password of {userName}:").Secret().AllowEmpty(), cancellationToken)
            : throw CliException.Usage("--user needs FACEGRID_CAMERA_PASSWORD where nobody can be asked.");
        return new CameraSourceWrite(how, given, userName, password);
    }
}
