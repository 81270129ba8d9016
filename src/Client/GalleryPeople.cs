using System.Runtime.CompilerServices;
using System.Text.Json;

namespace FaceGrid.Client;

/// <summary>Reads everybody of a gallery, page by page, in the grid's order, vectors included, without faces in quarantine.</summary>
public static class GalleryPeople
{
    private const int PagePeople = 500;

    /// <summary>Reads everybody. One page is in memory at a time.</summary>
    /// <param name="gallery">The gallery.</param>
    /// <param name="contract">The contract that every vector must follow; reading ends with an error where one does not.</param>
    /// <param name="damaged">Takes the ids of people whose rows the grid cannot read.</param>
    /// <param name="cancellationToken">Ends the reading; nothing is changed by it.</param>
    /// <returns>People with vectors.</returns>
    /// <exception cref="ClusterProblemException">
    /// The grid refused, or the patience is used up, or a vector follows another contract (<c>contract-mismatch</c>), or the answer is not
    /// one of a gateway (<see cref="ClusterProblemException.NotAGateway"/>).
    /// </exception>
    public static async IAsyncEnumerable<GalleryPerson> ReadAsync(
        GalleryClient gallery,
        GalleryContract? contract,
        ICollection<string> damaged,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string path = $"{gallery.Path}/people?limit={PagePeople}&embeddings=true";
        await foreach (JsonElement page in gallery.Cluster.PagesAsync(path, cancellationToken))
        {
            foreach (JsonElement person in page.Items("people"))
            {
                yield return Read(person, contract);
            }

            foreach (JsonElement id in page.Items("damaged"))
            {
                damaged.Add(id.GetString()!);
            }
        }
    }

    private static GalleryPerson Read(JsonElement person, GalleryContract? contract)
    {
        string id = person.Text("id") ?? throw ClusterProblemException.Unreadable("The server sent a person without an id.");

        // A face without a vector of the gallery's model (it needs enrolling again) has nothing to write. A face in quarantine is not
        // searched; in a file it would look like any other, and an import would have it searched.
        JsonElement[] faces =
        [
            .. person.Items("faces")
                .Where(face => face.Member("review")?.Flag("quarantined") != true && face.Text("embedding") is not null),
        ];
        if (faces.Length > 0 && (contract is null || (person.Text("contract") is { } own && own != contract.Id)))
        {
            throw new ClusterProblemException(
                200,
                "contract-mismatch",
                $"The person '{id}' has vectors of the contract '{person.Text("contract")}', not the gallery's '{contract?.Id}'.",
                requestId: null);
        }

        return new GalleryPerson(
            id, person.Text("name"), person.Member("labels"), [.. faces.Select(face => ReadFace(face, id, contract!))]);
    }

    private static GalleryFace ReadFace(JsonElement face, string person, GalleryContract contract)
    {
        string? faceId = face.Text("id");
        string? embedding = face.Text("embedding");
        if (faceId is null || embedding is null || VectorText.Read(embedding)?.Length != contract.Dimension)
        {
            throw ClusterProblemException.Unreadable(
                $"The server sent a face of '{person}' without an id or without a vector of {contract.Dimension} numbers.");
        }

        return new GalleryFace(faceId, face.Text("enrolledAt"), embedding);
    }
}
