using FaceGrid.Vision.Quality;

namespace FaceGrid.Evaluation.Faces;

/// <summary>The vectors of a labelled set of pictures under one contract. Accuracy is measured on them.</summary>
/// <param name="Embedder">The profile's id.</param>
/// <param name="Contract">What makes the vectors comparable.</param>
/// <param name="Detector">The detector's profile.</param>
/// <param name="ExecutionProvider">Where the models ran.</param>
/// <param name="Files">Picture names, <c>Person/file</c>, in ordinal order.</param>
/// <param name="Vectors">A unit vector per picture; null where there is none.</param>
/// <param name="Quality">What was measured on the face of each picture; null where there is no vector.</param>
/// <param name="Embedding">How embedding went, with the pictures that have no vector.</param>
internal sealed record FaceSet(
    string Embedder,
    string Contract,
    string Detector,
    string ExecutionProvider,
    string[] Files,
    float[]?[] Vectors,
    FaceQuality?[] Quality,
    EmbeddingFigures Embedding)
{
    /// <summary>Who each picture shows: the folder's name.</summary>
    public string[] People { get; } = [.. Files.Select(LabelledPictures.PersonOf)];

    /// <summary>Pictures that have a vector, person by person in ordinal order; people without one are left out.</summary>
    /// <returns>Indexes into <see cref="Files"/>, ascending within a person.</returns>
    public int[][] PicturesByPerson() =>
        [
            .. Enumerable.Range(0, Files.Length)
                .Where(i => Vectors[i] is not null)
                .GroupBy(i => People[i], StringComparer.Ordinal)
                .Select(group => group.ToArray()),
        ];

    /// <summary>The part of the set that shows the given people.</summary>
    /// <param name="people">The people to keep.</param>
    /// <returns>A set with the pictures of these people; the figures of embedding stay those of the whole.</returns>
    public FaceSet Only(IReadOnlySet<string> people)
    {
        int[] kept = [.. Enumerable.Range(0, Files.Length).Where(i => people.Contains(People[i]))];

        // A "with" expression would copy the names of everybody, so the set is made anew.
        return new FaceSet(
            Embedder,
            Contract,
            Detector,
            ExecutionProvider,
            [.. kept.Select(i => Files[i])],
            [.. kept.Select(i => Vectors[i])],
            [.. kept.Select(i => Quality[i])],
            Embedding);
    }
}
