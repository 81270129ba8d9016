using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;
using Orleans.Concurrency;
using Orleans.Serialization;

namespace FaceGrid.Grains.Galleries;

/// <inheritdoc cref="IGalleryReaderGrain"/>
[StatelessWorker]
[Reentrant]
[RequireRole(Roles.People)]
public sealed class GalleryReaderGrain(IGrainRows rows, PersonRowReader people, Serializer<GalleryState> galleries, GalleryMaps maps) : Grain, IGalleryReaderGrain
{
    // Bounds the work of one page of a name search.
    private const int RowsPerPageMax = 50_000;

    // Bounds the memory of one page with embeddings.
    private const int VectorBytesPerPageMax = 16 << 20;

    /// <inheritdoc/>
    public async Task<GalleryInfo[]> ListGalleriesAsync(CancellationToken cancellationToken)
    {
        var found = new List<GalleryInfo>();
        string first = IGalleryGrain.KeyOf("");
        await foreach (GrainRow row in rows.ReadRangeAsync(StateNames.Gallery, first, first.TrimEnd('/') + "0", cancellationToken))
        {
            GalleryState state = galleries.Deserialize(row.Payload)!;
            if (state.Deleting)
            {
                // Its deletion was interrupted: it goes on as soon as the grain is in memory.
                GrainFactory.GetGrain<IGalleryGrain>(row.Key).GetMapAsync(CancellationToken.None).Ignore();
                continue;
            }

            found.Add(GalleryGrain.InfoOf(row.Key[first.Length..], state));
        }

        return [.. found];
    }

    /// <inheritdoc/>
    public async Task<PeoplePage> ListPeopleAsync(string gallery, string? after, int limit, string? name, bool vectors, CancellationToken cancellationToken)
    {
        GalleryMap map = await maps.GetAsync(gallery, fresh: false, cancellationToken);
        // Below every character of an id, so no key lies between the given one and this. Not NUL: PostgreSQL takes none in a text.
        string from = after is null ? gallery + "/" : PersonKey.Of(gallery, after) + "\u0001";
        var page = new List<PersonInfo>();
        int read = 0, vectorBytes = 0;
        string last = "";
        await foreach (GrainRow row in rows.ReadRangeAsync(StateNames.Person, from, gallery + "0", cancellationToken))
        {
            if (page.Count == limit || read == RowsPerPageMax || vectorBytes > VectorBytesPerPageMax)
            {
                return new PeoplePage([.. page], last);
            }

            read++;
            last = PersonKey.Parse(row.Key).Person;
            PersonState state = people.State(row);
            if (state.Epoch == map.Epoch && (name is null || state.Name?.Contains(name, StringComparison.OrdinalIgnoreCase) == true))
            {
                page.Add(Info(last, state, vectors));
                vectorBytes += vectors ? state.Faces.Sum(face => face.Vector.Length) : 0;
            }
        }

        return new PeoplePage([.. page], Next: null);
    }

    private static PersonInfo Info(string person, PersonState state, bool vectors) => new(
        person,
        state.Name,
        state.Labels,
        state.Revision,
        state.Contract,
        [.. state.Faces.Select(face => face.Info(vectors))])
    {
        DifferentFrom = state.DifferentFrom?.ToArray(),
        Merged = state.Merged?.Select(merged => merged.Person).ToArray(),
        MergingInto = state.MergingInto,
    };
}
