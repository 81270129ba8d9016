using System.CommandLine;
using FaceGrid.Client;

namespace FaceGrid.Cli.Shell;

/// <summary>One run of one command: what was parsed, where to print, and the way to the grid.</summary>
internal sealed class Session : IDisposable
{
    private readonly GlobalOptions _global;
    private ClusterClient? _client;

    /// <summary>Creates the run's session.</summary>
    /// <param name="host">What the run may touch.</param>
    /// <param name="global">The options every command has.</param>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="patience">How long this command keeps trying when the caller does not say.</param>
    public Session(CliHost host, GlobalOptions global, ParseResult parsed, TimeSpan patience)
    {
        _global = global;
        Host = host;
        Parsed = parsed;
        Terminal = new Terminal(host, parsed.GetValue(global.Json));
        Patience = parsed.GetValue(global.Patience) is { } seconds ? TimeSpan.FromSeconds(seconds) : patience;
    }

    /// <summary>What the run may touch.</summary>
    public CliHost Host { get; }

    /// <summary>The parsed command line.</summary>
    public ParseResult Parsed { get; }

    /// <summary>Where to print.</summary>
    public Terminal Terminal { get; }

    /// <summary>How long one request is tried again.</summary>
    public TimeSpan Patience { get; }

    /// <summary>The gateway's address, ending in '/'.</summary>
    public Uri Server
    {
        get
        {
            string text = Parsed.GetValue(_global.Server)!;
            return Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"
                ? uri
                : throw CliException.Usage($"--server '{text}' is not an http or https address such as http://127.0.0.1:8080.");
        }
    }

    /// <summary>The gallery's id, checked.</summary>
    public string Gallery => CheckGallery(Parsed.GetValue(_global.Gallery)!);

    /// <summary>The way to the grid.</summary>
    public ClusterClient Client => _client ??= Connect();

    /// <summary>The gallery of <c>--gallery</c>, and the way to it.</summary>
    public GalleryClient GalleryClient => new(Client, Gallery);

    /// <summary>Shows the progress of a long run.</summary>
    public IWorkLog Log => new SessionLog(this);

    /// <summary>API key, or null.</summary>
    public string? Key => Parsed.GetValue(_global.Key) ?? GlobalOptions.NotEmpty(Host.Environment("FACEGRID_KEY"));

    /// <summary>The gallery's part of a request path.</summary>
    public string GalleryPath => ClusterPaths.Gallery(Gallery);

    /// <summary>Checks a gallery id before it goes into an address.</summary>
    /// <param name="gallery">The id as given.</param>
    /// <returns>The id.</returns>
    public static string CheckGallery(string gallery) => ClusterPaths.IsGalleryId(gallery)
        ? gallery
        : throw CliException.Usage($"'{gallery}' is not a gallery id: 1 to 64 characters out of a-z, 0-9 and '-'.");

    /// <summary>A person's part of a request path.</summary>
    /// <param name="person">The person's id.</param>
    /// <returns>The path, relative to the server.</returns>
    public string PersonPath(string person) => ClusterPaths.IsPersonId(person)
        ? ClusterPaths.Person(Gallery, person)
        : throw CliException.Usage($"'{person}' is not a person id: 1 to 128 characters out of A-Z, a-z, 0-9, '.', '_', ':', '@' and '-'.");

    /// <summary>A camera's part of a request path.</summary>
    /// <param name="camera">The camera's id.</param>
    /// <returns>The path, relative to the server.</returns>
    public static string CameraPath(string camera) => ClusterPaths.Camera(CheckCamera(camera));

    /// <summary>Checks a camera id before it goes into an address.</summary>
    /// <param name="camera">The id as given.</param>
    /// <returns>The id.</returns>
    public static string CheckCamera(string camera) => ClusterPaths.IsCameraId(camera)
        ? camera
        : throw CliException.Usage($"'{camera}' is not a camera id: 1 to 64 characters out of a-z, 0-9 and '-'.");

    /// <summary>Makes another client of the grid, for a request that gains little from waiting.</summary>
    /// <param name="patienceMax">The longest time that it keeps trying. It is less where this run's own patience is less.</param>
    /// <returns>A client, which the caller must dispose.</returns>
    public ClusterClient Connect(TimeSpan patienceMax) => Client.WithPatience(Patience < patienceMax ? Patience : patienceMax);

    /// <inheritdoc/>
    public void Dispose() => _client?.Dispose();

    private ClusterClient Connect()
    {
        try
        {
            return new ClusterClient(Server, Key, Patience, Host.Clock);
        }
        catch (ArgumentException wrong) when (wrong.ParamName == "key")
        {
            throw CliException.Usage("The API key holds characters that a header cannot carry.");
        }
    }
}
