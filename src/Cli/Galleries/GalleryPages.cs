using System.Runtime.CompilerServices;
using System.Text.Json;
using FaceGrid.Cli.Cluster;
using FaceGrid.Cli.Shell;

namespace FaceGrid.Cli.Galleries;

/// <summary>Walks over everybody of a gallery, page by page, in the grid's order, vectors included, without faces in quarantine.</summary>
internal static class GalleryPages
{
    private const int PagePeople = 500;

    /// <summary>Reads everybody.</summary>
    /// <param name="session">The run.</param>
    /// <param name="contract">The contract every vector must follow; the walk ends with an error where one does not.</param>
    /// <param name="damaged">Takes the ids of people whose rows the grid cannot read.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>People with vectors.</returns>
    public static async IAsyncEnumerable<GalleryFilePerson> ReadAsync(
        Session session, GalleryContract? contract, ICollection<string> damaged, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            string path = $"{session.GalleryPath}/people?limit={PagePeople}&embeddings=true" + (next is null ? "" : "&after=" + Uri.EscapeDataString(next));
            JsonElement page = (await session.Client.GetAsync(path, cancellationToken)).Body;
            foreach (JsonElement person in page.Items("people"))
            {
                yield return Read(person, contract);
            }

            foreach (JsonElement id in page.Items("damaged"))
            {
                damaged.Add(id.GetString()!);
            }

            next = page.Text("next");
        }
        while (next is not null);
    }

    private static GalleryFilePerson Read(JsonElement person, GalleryContract? contract)
    {
        string id = person.Text("id") ?? throw new CliException("The server sent a person without an id.", "not-a-gateway");
        // A face without a vector of the gallery's model (it needs enrolling again) has nothing to write. A face in quarantine is not searched; in a file it would look like any other, and an import would have it searched.
        JsonElement[] faces = [.. person.Items("faces").Where(face => face.Member("review")?.Flag("quarantined") != true && face.Text("embedding") is not null)];
        if (faces.Length > 0 && (contract is null || person.Text("contract") is { } own && own != contract.Id))
        {
            throw new CliException($"The person '{id}' has vectors of the contract '{person.Text("contract")}', not the gallery's '{contract?.Id}'.", "contract-mismatch");
        }

        return new GalleryFilePerson(id, person.Text("name"), person.Member("labels"), [.. faces.Select(face => ReadFace(face, id, contract!))]);
    }

    private static GalleryFileFace ReadFace(JsonElement face, string person, GalleryContract contract)
    {
        string? faceId = face.Text("id");
        string? embedding = face.Text("embedding");
        if (faceId is null || embedding is null || VectorText.Read(embedding)?.Length != contract.Dimension)
        {
            throw new CliException($"The server sent a face of '{person}' without an id or without a vector of {contract.Dimension} numbers.", "not-a-gateway");
        }

        return new GalleryFileFace(faceId, face.Text("enrolledAt"), embedding);
    }
}
