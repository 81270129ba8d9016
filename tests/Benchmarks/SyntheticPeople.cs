using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using FaceGrid.Tests.Support;

namespace FaceGrid.Benchmarks;

/// <summary>People with one random unit vector each, uniformly over the sphere, the same for the same seed.</summary>
/// <param name="dimension">Length of a vector.</param>
/// <param name="seed">Seed.</param>
internal sealed class SyntheticPeople(int dimension, int seed)
{
    private const int PeoplePerRequest = 1_000;

    /// <summary>Id of a person.</summary>
    public static string Id(int person) => person.ToString("d8", CultureInfo.InvariantCulture);

    /// <summary>The vector of a person.</summary>
    public float[] Vector(int person)
    {
        var random = new Random(HashCode.Combine(seed, person));
        float[] vector = new float[dimension];
        double square = 0;
        for (int index = 0; index < dimension; index++)
        {
            // Box and Muller, Annals of Mathematical Statistics 29 (1958).
            vector[index] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
            square += (double)vector[index] * vector[index];
        }

        float scale = (float)(1 / Math.Sqrt(square));
        for (int index = 0; index < dimension; index++)
        {
            vector[index] *= scale;
        }

        return vector;
    }

    /// <summary>Enrols people 0 to <paramref name="count"/> - 1 over the bulk path, four requests under way.</summary>
    public async Task EnrolAsync(NodeProcess node, int count, string contract)
    {
        int requests = (count + PeoplePerRequest - 1) / PeoplePerRequest;
        await Parallel.ForAsync(0, requests, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (request, cancellationToken) =>
        {
            int first = request * PeoplePerRequest;
            var people = Enumerable.Range(first, Math.Min(PeoplePerRequest, count - first))
                .Select(person => new { id = Id(person), contract, faces = new[] { new { embedding = Base64(Vector(person)) } } });
            (HttpStatusCode status, JsonElement body) = await node.SendAsync(HttpMethod.Post, "/v1/galleries/default/people", new { people });
            if (status != HttpStatusCode.OK || body.GetProperty("results").EnumerateArray().Any(result => result.GetProperty("status").GetInt32() is not (200 or 201)))
            {
                throw new InvalidOperationException($"{(int)status}: {body}"[..500]);
            }
        });
    }

    /// <summary>A vector as the API takes it: little-endian float32 in base64.</summary>
    public static string Base64(float[] vector) => Convert.ToBase64String(MemoryMarshal.AsBytes(vector.AsSpan()));
}
