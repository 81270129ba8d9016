using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using FaceGrid.Client;
using FaceGrid.Search;

namespace FaceGrid.Load.Requests;

/// <summary>Questions about synthetic people: everybody's vector is known here, so every answer can be checked. Safe for concurrent use.</summary>
/// <param name="plan">What was asked for.</param>
/// <param name="people">The people.</param>
/// <param name="contract">The gallery's contract.</param>
/// <param name="gallery">The gallery.</param>
internal sealed class VectorQuestions(LoadPlan plan, LoadPeople people, GalleryContract contract, GalleryClient gallery)
{
    /// <summary>Squared distances may be wrong by this much: vectors are of unit norm within the rounding of fp32, and a distance near 0 suffers most from it.</summary>
    public const double SquaredTolerance = 1e-5;

    private readonly string contractText = JsonSerializer.Serialize(contract.Id);
    private readonly string identifyPath = $"{gallery.Path}/identify?threshold={plan.Threshold:R}";

    /// <summary>Numbers of the requests whose enrolment was acknowledged as searchable.</summary>
    public ConcurrentQueue<long> Enrolled { get; } = [];

    /// <summary>Makes a request.</summary>
    /// <param name="number">Which; the same number is the same request.</param>
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
        return new LoadQuestion(LoadOperation.Identify, identifyPath, IdentifyBody(people.Vector(person)), "application/json", answer =>
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
        new(LoadOperation.Identify, identifyPath, IdentifyBody(people.StrangerVector(number)), "application/json", answer =>
            answer.Items("faces") is [var face] && face.Text("decision") == "unknown"
                ? null
                : $"asked for nobody (number {number}), the answer is {(answer.Items("faces") is [var wrong] ? wrong.Text("person") : null) ?? "no answer"}.");

    /// <summary>Is the one whose vector is <paramref name="probe"/> the person?</summary>
    private LoadQuestion Verify(int person, int probe)
    {
        float[] vector = people.Vector(probe);
        double squared = probe == person ? 0 : Distance.Squared(people.Vector(person), vector);
        return new LoadQuestion(LoadOperation.Verify, $"{gallery.PersonPath(people.Id(person))}/verify", EmbeddingBody(vector), "application/json", answer =>
            answer.Number("distance") is { } distance && Math.Abs((distance * distance) - squared) <= SquaredTolerance
                ? null
                : $"{people.Id(probe)} is {Math.Sqrt(squared):0.0000} from {people.Id(person)}, the answer says {DistanceText.Of(answer.Number("distance"))}.");
    }

    private LoadQuestion Enrol(long number) =>
        new(LoadOperation.Enrol, $"{gallery.PersonPath(people.NewId(number))}/faces", EmbeddingBody(people.NewVector(number)), "application/json", answer =>
        {
            if (!answer.Flag("created"))
            {
                return $"{people.NewId(number)} is new, the answer says known.";
            }

            Enrolled.Enqueue(number);
            return null;
        });

    private byte[] IdentifyBody(float[] vector) => Encoding.UTF8.GetBytes($$"""{"embeddings":["{{VectorText.Write(vector)}}"],"contract":{{contractText}}}""");

    private byte[] EmbeddingBody(float[] vector) => Encoding.UTF8.GetBytes($$"""{"embedding":"{{VectorText.Write(vector)}}","contract":{{contractText}}}""");
}
