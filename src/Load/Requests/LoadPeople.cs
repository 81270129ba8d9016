using System.Globalization;

namespace FaceGrid.Load.Requests;

/// <summary>
/// Synthetic people. Each has one random direction, which is the same for the same seed. Their ids tell them from real people.
/// </summary>
/// <param name="seed">Seed.</param>
/// <param name="dimension">Length of a vector.</param>
/// <param name="run">Tells the people whom this run enrols from those of earlier ones.</param>
internal sealed class LoadPeople(int seed, int dimension, long run)
{
    /// <summary>The prefix in the id of everybody whom a load enrols.</summary>
    public const string Prefix = "facegrid-bench:";

    /// <summary>Whether a load has enrolled this person.</summary>
    /// <param name="id">Any id.</param>
    /// <returns>True when the id has the prefix.</returns>
    public static bool IsSynthetic(string id) => id.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The id of somebody who is enrolled beforehand.</summary>
    /// <param name="number">0 and up.</param>
    /// <returns>The id.</returns>
    public string Id(int number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{seed}:{number:d8}");

    /// <summary>The number of somebody who is enrolled beforehand.</summary>
    /// <param name="id">Any id.</param>
    /// <returns>The number; null when it is not one of this seed.</returns>
    public int? NumberOf(string id) =>
        id.StartsWith($"{Prefix}{seed}:", StringComparison.Ordinal)
        && int.TryParse(id.AsSpan(id.LastIndexOf(':') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && Id(number) == id
            ? number
            : null;

    /// <summary>The id of somebody whom the load enrols.</summary>
    /// <param name="number">The request's number.</param>
    /// <returns>The id. It differs in every run.</returns>
    public string NewId(long number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{seed}:{run}-{number:d8}");

    /// <summary>The vector of somebody who is enrolled beforehand.</summary>
    /// <param name="number">0 and up.</param>
    /// <returns>Float32, unit norm.</returns>
    public float[] Vector(int number) => new LoadDraws(seed, LoadPurpose.Person, number).NextVector(dimension);

    /// <summary>The vector of somebody whom the load enrols.</summary>
    /// <param name="number">The request's number.</param>
    /// <returns>Float32, unit norm.</returns>
    public float[] NewVector(long number) => new LoadDraws(seed, LoadPurpose.NewPerson, number, run).NextVector(dimension);

    /// <summary>The vector of somebody who is not enrolled.</summary>
    /// <param name="number">The request's number.</param>
    /// <returns>Float32, unit norm.</returns>
    public float[] StrangerVector(long number) => new LoadDraws(seed, LoadPurpose.Stranger, number).NextVector(dimension);
}
