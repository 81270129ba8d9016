using System.Text.Json;

namespace FaceGrid.Client;

/// <summary>One gallery of a grid. Safe for concurrent use.</summary>
public sealed class GalleryClient
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Names a gallery. Nothing is sent.</summary>
    /// <param name="cluster">The way to the grid; it stays the caller's to dispose.</param>
    /// <param name="id">The gallery's id. The gallery need not exist.</param>
    /// <exception cref="ArgumentException">It is no gallery id.</exception>
    public GalleryClient(ClusterClient cluster, string id) => (Cluster, Id, Path) = (cluster, id, ClusterPaths.Gallery(id));

    /// <summary>The way to the grid.</summary>
    public ClusterClient Cluster { get; }

    /// <summary>The gallery's id.</summary>
    public string Id { get; }

    /// <summary>The gallery's path, relative to the server.</summary>
    public string Path { get; }

    /// <summary>The path of a person.</summary>
    /// <param name="person">The person's id.</param>
    /// <returns>The path, relative to the server.</returns>
    /// <exception cref="ArgumentException">It is no person id.</exception>
    public string PersonPath(string person) => ClusterPaths.Person(Id, person);

    /// <summary>Reads the gallery's description.</summary>
    /// <param name="cancellationToken">Ends the wait; the call changes nothing.</param>
    /// <returns>The document of <c>GET /v1/galleries/{gallery}</c>.</returns>
    /// <exception cref="ClusterProblemException">There is no such gallery, the grid refused, or the patience is used up.</exception>
    public async Task<JsonElement> ReadAsync(CancellationToken cancellationToken = default) =>
        (await Cluster.GetAsync(Path, cancellationToken)).Body;

    /// <summary>Creates the gallery, or changes it.</summary>
    /// <typeparam name="T">Any type that <see cref="ClusterJson.Options"/> can write.</typeparam>
    /// <param name="body">What to set, such as a <see cref="GalleryWrite"/>.</param>
    /// <param name="cancellationToken">Ends the wait; the gallery may be changed all the same.</param>
    /// <returns>The gallery; status 201 when it is new.</returns>
    /// <exception cref="ClusterProblemException">The grid refused, or the patience is used up.</exception>
    public Task<ClusterAnswer> WriteAsync<T>(T body, CancellationToken cancellationToken = default) =>
        Cluster.SendJsonAsync(HttpMethod.Put, Path, body, cancellationToken);

    /// <summary>
    /// Enrols people whose vectors are known, in one request. People who meet a busy or absent part of the grid are sent again until the
    /// client's patience is used up.
    /// </summary>
    /// <typeparam name="T">A person as the bulk endpoint takes it, such as a <see cref="GalleryPerson"/>.</typeparam>
    /// <param name="people">The people, at most 1,000.</param>
    /// <param name="untilSearchable">True to send people again who are stored and not yet searchable (status 202).</param>
    /// <param name="cancellationToken">Ends the wait; some or all of the people may be enrolled.</param>
    /// <returns>A result for each person, in the order of <paramref name="people"/>; refusals are among them.</returns>
    /// <exception cref="ClusterProblemException">The grid refused the request as a whole, or the patience is used up.</exception>
    public async Task<IReadOnlyList<PersonResult>> SendPeopleAsync<T>(
        IReadOnlyList<T> people, bool untilSearchable, CancellationToken cancellationToken = default)
    {
        PersonResult[] results = new PersonResult[people.Count];
        long? failedSince = null;
        int[] left = [.. Enumerable.Range(0, people.Count)];
        while (true)
        {
            var body = new { People = left.Select(index => people[index]) };
            JsonElement answer = (await Cluster.SendJsonAsync(HttpMethod.Post, Path + "/people", body, cancellationToken)).Body;
            IReadOnlyList<JsonElement> answers = answer.Items("results");
            if (answers.Count != left.Length)
            {
                throw ClusterProblemException.Unreadable(
                    $"The server answered for {answers.Count} people where {left.Length} were sent.");
            }

            foreach ((int place, JsonElement one) in answers.Index())
            {
                results[left[place]] = new PersonResult((int)(one.Number("status") ?? 0), one.Text("code"), one.Text("detail"));
            }

            left = [.. left.Where(index => IsUnfinished(results[index].Status, untilSearchable))];
            if (left.Length == 0)
            {
                return results;
            }

            failedSince ??= Cluster.Clock.GetTimestamp();
            if (Cluster.Clock.GetElapsedTime(failedSince.Value) > Cluster.Patience)
            {
                throw results[left[^1]].ToProblem();
            }

            await Task.Delay(Pause, Cluster.Clock, cancellationToken);
        }
    }

    private static bool IsUnfinished(int status, bool untilSearchable) =>
        ClusterProblemException.IsTransientStatus(status) || (untilSearchable && status == 202);
}
