using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Maps;
using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;
using Orleans.Concurrency;

namespace FaceGrid.Grains.Galleries;

/// <inheritdoc cref="IGalleryReaderGrain"/>
[StatelessWorker]
[Reentrant]
[RequireRole(Roles.People)]
[GrainType("galleryreader")]
public sealed class GalleryReaderGrain(
    IGrainRows rows, PersonRowReader people, RowReader<GalleryState> galleries, GalleryMaps maps) : Grain, IGalleryReaderGrain
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
        await foreach (GrainRow row in rows.ReadAllAsync(StateNames.Gallery, first, after: null, cancellationToken))
        {
            string gallery = row.Key[first.Length..];
            if (!galleries.TryRead(row, state => Read(gallery, state), out (bool HasWork, GalleryInfo? Info) read))
            {
                found.Add(new GalleryInfo(gallery, null, null, null, 0, Growing: false, null, null, default) { IsDamaged = true });
                continue;
            }

            if (read.HasWork)
            {
                // Its deletion or its migration may have been interrupted: it goes on as soon as the grain is in memory.
                GrainFactory.GetGrain<IGalleryGrain>(row.Key).GetMapAsync(CancellationToken.None).Ignore();
            }

            if (read.Info is { } info)
            {
                found.Add(info);
            }
        }

        return [.. found];
    }

    /// <inheritdoc/>
    public async Task<PeoplePage> ListPeopleAsync(
        string gallery, string? after, int limit, string? name, bool vectors, CancellationToken cancellationToken)
    {
        GalleryMap map = await maps.GetAsync(gallery, fresh: false, cancellationToken);
        List<PersonInfo> page = [];
        List<string> damaged = [];
        int read = 0, vectorBytes = 0;
        string last = "";
        await foreach (GrainRow row in RowsAfter(gallery, after, cancellationToken))
        {
            if (page.Count == limit || read == RowsPerPageMax || vectorBytes > VectorBytesPerPageMax)
            {
                return Page(last);
            }

            read++;
            last = PersonKey.Parse(row.Key).Person;
            if (!people.TryRead(row, out (PersonEntry Entry, PersonState State)? person))
            {
                damaged.Add(last);
            }
            else if (person?.State is { } state && state.Epoch == map.Epoch && IsCalled(state, name))
            {
                page.Add(PersonRowReader.Info(last, state.ArrangedFor(map), vectors));
                vectorBytes += vectors ? state.Faces.Sum(face => face.Vector.Length) : 0;
            }
        }

        return Page(null);

        PeoplePage Page(string? next) => new([.. page], next) { Damaged = damaged.Count > 0 ? [.. damaged] : null };
    }

    /// <inheritdoc/>
    public async Task<LackingPage> ListLackingAsync(string gallery, string? after, int limit, CancellationToken cancellationToken)
    {
        GalleryMap map = await maps.GetAsync(gallery, fresh: true, cancellationToken);
        string? contract = (map.Other ?? map.Contract)?.Id;
        var page = new List<LackingPerson>();
        int read = 0;
        string last = "";
        await foreach (GrainRow row in RowsAfter(gallery, after, cancellationToken))
        {
            if (page.Count == limit || read == RowsPerPageMax)
            {
                return new LackingPage([.. page], last);
            }

            read++;
            last = PersonKey.Parse(row.Key).Person;
            if (people.State(row) is not { } state)
            {
                continue;
            }

            int lacking = state.Epoch == map.Epoch ? state.Faces.Count(face => state.VectorOf(face, contract) is null) : 0;
            if (lacking > 0)
            {
                bool findable = state.Faces.Exists(face => !face.IsQuarantined && state.VectorOf(face, contract) is not null);
                page.Add(new LackingPerson(last, state.Faces.Count, lacking, findable));
            }
        }

        return new LackingPage([.. page], Next: null);
    }

    private static (bool HasWork, GalleryInfo? Info) Read(string gallery, GalleryState state) =>
        (state.Deleting || state.Migration is not null, state.Deleting ? null : GalleryViews.InfoOf(gallery, state));

    private static bool IsCalled(PersonState state, string? name) =>
        name is null || state.Name?.Contains(name, StringComparison.OrdinalIgnoreCase) == true;

    private IAsyncEnumerable<GrainRow> RowsAfter(string gallery, string? person, CancellationToken cancellationToken) => rows.ReadAllAsync(
        StateNames.Person, gallery + "/", person is null ? null : PersonKey.Of(gallery, person).ToString(), cancellationToken);
}
