using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using FaceGrid.Client;
using FaceGrid.Search;

namespace FaceGrid.Load.Requests;

/// <summary>
/// Makes requests about synthetic people. Everybody's vector is known here, so every answer can be checked. Safe for concurrent use.
/// </summary>
/// <param name="plan">What was asked for.</param>
/// <param name="people">The people.</param>
/// <param name="contract">The gallery's contract.</param>
/// <param name="gallery">The gallery.</param>
internal sealed class VectorQuestions(LoadPlan plan, LoadPeople people, GalleryContract contract, GalleryClient gallery)
{
    /// <summary>
    /// Squared distances may be wrong by this much, because vectors have unit norm only within the rounding of fp32. A distance near 0
    /// suffers most from this.
    /// </summary>
    public const double SquaredTolerance = 1e-5;

    private const string Json = "application/json";

    private readonly string _contractText = JsonSerializer.Serialize(contract.Id);
    private readonly string _identifyPath = $"{gallery.Path}/identify?threshold={plan.Threshold:R}";

    /// <summary>Numbers of the requests whose enrolment was acknowledged as searchable.</summary>
    public ConcurrentQueue<long> Enrolled { get; } = [];

    /// <summary>Makes a request.</summary>
    /// <param name="number">Number of the request. The same number gives the same request.</param>
    /// <returns>The request.</returns>
    public LoadQuestion Next(long number)
    {
        LoadDraws draws = new(plan.Seed, LoadPurpose.Question, number);
        LoadOperation operation = plan.Mix.Choose(draws.NextShare());
        bool stranger = draws.NextShare() < plan.Strangers;
        int person = draws.NextIndex(plan.People);
        return operation switch
        {
            LoadOperation.Identify => stranger ? IdentifyStranger(number) : Identify(person),
            LoadOperation.Verify => Verify(person, stranger ? draws.NextIndex(plan.People) : person),
            _ => Enrol(number),
        };
    }

    private LoadQuestion Identify(int person)
    {
        string id = people.Id(person);
        return new LoadQuestion(LoadOperation.Identify, _identifyPath, IdentifyBody(people.Vector(person)), Json, answer =>
        {
            JsonElement? face = answer.Items("faces") is [var only] ? only : null;
            string? named = face?.Text("person");
            double? distance = face?.Items("candidates").FirstOrDefault().Number("distance");
            return named == id && distance * distance <= SquaredTolerance
                ? null
                : $"asked for {id}, the answer is {named ?? "nobody"} at distance {DistanceText.Of(distance)}.";
        });
    }

    private LoadQuestion IdentifyStranger(long number) =>
        new(LoadOperation.Identify, _identifyPath, IdentifyBody(people.StrangerVector(number)), Json, answer =>
        {
            JsonElement? face = answer.Items("faces") is [var only] ? only : null;
            return face?.Text("decision") == "unknown"
                ? null
                : $"asked for nobody (number {number}), the answer is {face?.Text("person") ?? "no answer"}.";
        });

    /// <summary>Asks whether the owner of the vector of <paramref name="probe"/> is the person.</summary>
    private LoadQuestion Verify(int person, int probe)
    {
        float[] vector = people.Vector(probe);
        double squared = probe == person ? 0 : Distance.Squared(people.Vector(person), vector);
        string path = $"{gallery.PersonPath(people.Id(person))}/verify";
        return new LoadQuestion(LoadOperation.Verify, path, EmbeddingBody(vector), Json, answer =>
        {
            double? distance = answer.Number("distance");
            return distance is { } told && Math.Abs((told * told) - squared) <= SquaredTolerance
                ? null
                : $"{people.Id(probe)} is {Math.Sqrt(squared):0.0000} from {people.Id(person)}, "
                    + $"the answer says {DistanceText.Of(distance)}.";
        });
    }

    private LoadQuestion Enrol(long number)
    {
        string id = people.NewId(number);
        return new LoadQuestion(
            LoadOperation.Enrol,
            $"{gallery.PersonPath(id)}/faces",
            EmbeddingBody(people.NewVector(number)),
            Json,
            answer =>
            {
                if (!answer.Flag("created"))
                {
                    return $"{id} is new, the answer says known.";
                }

                Enrolled.Enqueue(number);
                return null;
            });
    }

    private byte[] IdentifyBody(float[] vector) =>
        Encoding.UTF8.GetBytes($$"""{"embeddings":["{{VectorText.Write(vector)}}"],"contract":{{_contractText}}}""");

    private byte[] EmbeddingBody(float[] vector) =>
        Encoding.UTF8.GetBytes($$"""{"embedding":"{{VectorText.Write(vector)}}","contract":{{_contractText}}}""");
}
