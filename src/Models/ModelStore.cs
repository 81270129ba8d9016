using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace FaceGrid.Models;

/// <summary>
/// Finds, checks and downloads model files. It looks in the configured directory (or else the one in <c>FACEGRID_MODELS</c>), then in the
/// user's cache, then in the built-in models. Downloads go to the first of these. Every file is checked against the length and the SHA-256
/// of its profile before it is used.
/// </summary>
/// <remarks>
/// Safe to use from several threads. When several processes pull the same file at once, one of them downloads it and the others wait.
/// </remarks>
public sealed class ModelStore
{
    /// <summary>A download fails after this long without a byte from the server.</summary>
    internal static readonly TimeSpan StallMax = TimeSpan.FromSeconds(60);

    /// <summary>How often a waiting call checks the progress of another process's download.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    private static readonly HttpClient SharedClient = new() { Timeout = Timeout.InfiniteTimeSpan };

    private readonly HttpClient _client;
    private readonly bool _offline;

    /// <summary>Creates a store.</summary>
    /// <param name="modelDirectory">
    /// The configured directory; null for the one in the environment variable <c>FACEGRID_MODELS</c>, if that is set.
    /// </param>
    /// <param name="offline">True to refuse every download.</param>
    /// <param name="client">Client for downloads; the store does not dispose it. Null for one shared by the process.</param>
    public ModelStore(string? modelDirectory = null, bool offline = false, HttpClient? client = null)
    {
        string? first = string.IsNullOrWhiteSpace(modelDirectory) ? Environment.GetEnvironmentVariable("FACEGRID_MODELS") : modelDirectory;
        Directories = string.IsNullOrWhiteSpace(first) ? [CacheDirectory] : [Path.GetFullPath(first), CacheDirectory];
        _offline = offline;
        _client = client ?? SharedClient;
    }

    /// <summary>
    /// The user's cache: <c>$XDG_CACHE_HOME/facegrid/models</c>, else <c>~/.cache/facegrid/models</c>; on Windows
    /// <c>%LOCALAPPDATA%\facegrid\models</c>.
    /// </summary>
    public static string CacheDirectory
    {
        get
        {
            string? cache = OperatingSystem.IsWindows()
                ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            if (string.IsNullOrWhiteSpace(cache))
            {
                cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            }

            return Path.Combine(cache, "facegrid", "models");
        }
    }

    /// <summary>The models that come with FaceGrid: <c>models</c> beside its binaries. Searched last and never written to.</summary>
    public static string BuiltInDirectory => Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>The directories searched before <see cref="BuiltInDirectory"/>, in this order. Downloads go to the first.</summary>
    public IReadOnlyList<string> Directories { get; }

    /// <summary>
    /// Lists all profiles, ordered by id: the built-in ones and every <c>*.json</c> profile in <see cref="Directories"/>. A file with the
    /// id of a built-in profile replaces it.
    /// </summary>
    /// <exception cref="VisionSetupException">
    /// A profile file cannot be read or is wrong (<c>profile-invalid</c>, <c>profile-missing</c>).
    /// </exception>
    public IReadOnlyList<ModelProfile> ListProfiles()
    {
        var profiles = ProfileReader.BuiltIn().ToDictionary(profile => profile.Id, StringComparer.Ordinal);
        foreach (string directory in Directories.Reverse().Where(Directory.Exists))
        {
            foreach (string path in Directory.EnumerateFiles(directory, "*.json").Order(StringComparer.Ordinal))
            {
                if (ProfileReader.ReadFile(path) is { } profile)
                {
                    profiles[profile.Id] = profile;
                }
            }
        }

        return [.. profiles.Values.OrderBy(profile => profile.Id, StringComparer.Ordinal)];
    }

    /// <summary>Finds a profile of the given kind.</summary>
    /// <typeparam name="TProfile"><see cref="DetectorProfile"/>, <see cref="EmbedderProfile"/> or <see cref="PadProfile"/>.</typeparam>
    /// <param name="idOrPath">A profile id, or the path of a profile file ending in <c>.json</c>.</param>
    /// <exception cref="VisionSetupException">
    /// There is no such profile, or it is wrong or of another kind (<c>profile-missing</c>, <c>profile-invalid</c>).
    /// </exception>
    public TProfile GetProfile<TProfile>(string idOrPath)
        where TProfile : ModelProfile
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(idOrPath);
        ModelProfile? profile;
        if (idOrPath.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            profile = ProfileReader.ReadFile(idOrPath)
                ?? throw new VisionSetupException(
                    "profile-invalid", $"{idOrPath} is no profile: its kind must be detector, embedder or pad.");
        }
        else
        {
            var profiles = ListProfiles();
            profile = profiles.FirstOrDefault(candidate => candidate.Id == idOrPath)
                ?? throw new VisionSetupException(
                    "profile-missing",
                    $"There is no profile '{idOrPath}'. Known: {string.Join(", ", profiles.Select(known => known.Id))}. "
                        + $"Put another one as {idOrPath}.json into {Directories[0]}.");
        }

        return profile as TProfile
            ?? throw new VisionSetupException(
                "profile-invalid",
                $"The profile '{idOrPath}' is a {profile.Kind}, not a {typeof(TProfile).Name[..^"Profile".Length].ToLowerInvariant()}.");
    }

    /// <summary>Finds a profile's file on this machine and checks it.</summary>
    /// <param name="profile">The profile.</param>
    /// <returns>
    /// The file's full path; null when it is in none of the directories. For a profile that was read from a file, the directory of that
    /// file is searched too.
    /// </returns>
    /// <exception cref="VisionSetupException">
    /// A file of that name has another length or SHA-256 (<c>model-altered</c>) or cannot be read (<c>model-unusable</c>).
    /// </exception>
    public string? Find(ModelProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        IEnumerable<string> directories = profile.ProfilePath is { } path
            ? [.. Directories, Path.GetDirectoryName(path)!, BuiltInDirectory]
            : [.. Directories, BuiltInDirectory];
        string? found = directories.Select(directory => Path.Combine(directory, profile.File)).FirstOrDefault(File.Exists);
        if (found is null)
        {
            return null;
        }

        try
        {
            return Difference(profile, found) is { } difference
                ? throw new VisionSetupException("model-altered",
                    $"{found} is not the file of profile '{profile.Id}': {difference}. {Remedy(profile, found)}")
                : found;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new VisionSetupException("model-unusable", $"{found} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>
    /// Finds a profile's file, and downloads it when no directory has it. An interrupted download continues where it stopped. When another
    /// process on this machine downloads the file already, the call waits for it.
    /// </summary>
    /// <param name="profile">The profile.</param>
    /// <param name="progress">Receives a report after each piece; may be null.</param>
    /// <param name="cancellationToken">Stops the download. The bytes that have arrived are kept for the next attempt.</param>
    /// <returns>The checked file's full path.</returns>
    /// <exception cref="VisionSetupException">
    /// The file is missing and downloads are off or the profile has no address (<c>model-missing</c>); the server or the other process's
    /// download failed or stalled (<c>download-failed</c>); or the bytes do not match the profile and were removed (<c>model-altered</c>).
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<string> PullAsync(
        ModelProfile profile, IProgress<ModelDownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (Find(profile) is { } found)
        {
            return found;
        }

        string target = Path.Combine(Directories[0], profile.File);
        if (_offline || profile.Source is null)
        {
            throw Missing(profile, target);
        }

        string part = target + ".part";
        try
        {
            Directory.CreateDirectory(Directories[0]);
            await using FileStream downloadLock = await TakeDownloadLockAsync(profile, target, part, progress, cancellationToken);
            if (Find(profile) is { } downloaded)
            {
                return downloaded;
            }

            await DownloadAsync(profile, part, progress, cancellationToken);
            if (Difference(profile, part) is { } difference)
            {
                File.Delete(part);
                throw new VisionSetupException(
                    "model-altered", $"{profile.Source} did not give the file of profile '{profile.Id}': {difference}. Nothing was kept.");
            }

            File.Move(part, target, overwrite: true);
            return target;
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(profile, target, $"the server sent nothing for {StallMax.TotalSeconds} seconds", error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or UnauthorizedAccessException)
        {
            throw Failed(profile, target, error.Message, error);
        }
    }

    /// <summary>
    /// Takes the download lock of the file. While another process downloads it and makes progress, the call waits. The lock is a file of
    /// its own beside the partial file. The partial file itself cannot be the lock: it is renamed at the end, and a process that had opened
    /// it just before would write into the finished model. The lock ends with its process, so a killed process blocks nobody.
    /// </summary>
    /// <returns>The lock; disposing it releases it.</returns>
    /// <exception cref="VisionSetupException">The other download has stalled (<c>download-failed</c>).</exception>
    private static async Task<FileStream> TakeDownloadLockAsync(
        ModelProfile profile, string target, string part, IProgress<ModelDownloadProgress>? progress, CancellationToken cancellationToken)
    {
        long seen = -1;
        long movedAt = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(
                    target + ".lock", FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            }
            catch (IOException taken) when ((taken.HResult & 0xFFFF) is 11 or 35 or 32)
            {
                // EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION: another process holds the lock.
                if (Stopwatch.GetElapsedTime(movedAt) > StallMax)
                {
                    throw Failed(profile, target, $"another download of it has not got on for {StallMax.TotalSeconds} seconds", taken);
                }
            }

            if (new FileInfo(part) is { Exists: true } file && file.Length != seen)
            {
                (seen, movedAt) = (file.Length, Stopwatch.GetTimestamp());
                progress?.Report(new(profile.Id, seen, profile.Bytes));
            }

            await Task.Delay(LookEvery, cancellationToken);
        }
    }

    private async Task DownloadAsync(
        ModelProfile profile, string part, IProgress<ModelDownloadProgress>? progress, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(
            part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        if (file.Length >= profile.Bytes)
        {
            file.SetLength(0);
        }

        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stall.CancelAfter(StallMax);
        using var request = new HttpRequestMessage(HttpMethod.Get, profile.Source);
        if (file.Length > 0)
        {
            request.Headers.Range = new RangeHeaderValue(file.Length, null);
        }

        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token);
        bool resumes = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == file.Length;
        if (!resumes && response.StatusCode != HttpStatusCode.OK)
        {
            file.SetLength(0);
            throw new HttpRequestException($"the server answered {(int)response.StatusCode}");
        }

        if (!resumes)
        {
            file.SetLength(0);
        }

        file.Seek(0, SeekOrigin.End);
        if (response.Content.Headers.ContentLength is { } length && file.Length + length != profile.Bytes)
        {
            file.SetLength(0);
            throw new HttpRequestException($"the server offers {length} bytes where {profile.Bytes} were expected");
        }

        await ModelDownload.CopyAsync(profile, response, file, progress, stall);
    }

    private static string? Difference(ModelProfile profile, string path)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length != profile.Bytes)
        {
            return $"it has {stream.Length} bytes, expected {profile.Bytes}";
        }

        string digest = Convert.ToHexStringLower(SHA256.HashData(stream));
        return digest == profile.Sha256 ? null : $"its SHA-256 is {digest}, expected {profile.Sha256}";
    }

    private static string Remedy(ModelProfile profile, string found) => Path.GetDirectoryName(found) == BuiltInDirectory
        ? "Install FaceGrid anew."
        : profile.Source is null ? "Delete it." : $"Delete it and run: facegrid models pull {profile.Id}";

    private static VisionSetupException Missing(ModelProfile profile, string target) => new(
        "model-missing",
        profile.Source is null
            ? $"The model file of profile '{profile.Id}' is missing and has no download address. "
                + $"Put {profile.File} (SHA-256 {profile.Sha256}) at {target}."
            : $"The model file of profile '{profile.Id}' is missing and downloads are off. "
                + $"On a machine with internet run: facegrid models pull {profile.Id} - then put {profile.File} at {target}.");

    private static VisionSetupException Failed(ModelProfile profile, string target, string reason, Exception error) => new(
        "download-failed",
        $"Downloading the model of profile '{profile.Id}' from {profile.Source} failed: {reason}. "
            + $"Try again, or put {profile.File} at {target}; to fetch it elsewhere run: facegrid models pull {profile.Id}",
        error);
}
