using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.People;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;

namespace FaceGrid.Grains.Galleries;

/// <inheritdoc cref="IMigrationPasses"/>
/// <param name="gallery">Gallery id.</param>
/// <param name="rows">Rows of the people.</param>
/// <param name="reader">Reads them.</param>
/// <param name="crops">Kept cut-outs, which vectors are made from.</param>
/// <param name="embed">Makes vectors of a contract.</param>
/// <param name="find">Finds the grain of a person by its key.</param>
internal sealed class MigrationPasses(
    string gallery,
    IGrainRows rows,
    PersonRowReader reader,
    CropRows crops,
    Func<FaceCrop[], Contract, CancellationToken, Task<byte[]?[]>> embed,
    Func<string, IPersonPeerGrain> find) : IMigrationPasses
{
    // Faces of one call to an embedder, and people told at once: little enough that questions of callers pass in between.
    private const int FacesAtOnce = 16;
    private const int PeopleAtOnce = 4;

    /// <inheritdoc/>
    public async Task<(MigrationProgress Found, bool Made)> FillAsync(
        GalleryMap map, Contract contract, Action<MigrationProgress> note, CancellationToken cancellationToken)
    {
        long seen = 0, whole = 0, lacking = 0;
        bool made = false;
        var waiting = new List<Waiting>();
        await foreach (GrainRow person in rows.ReadAllAsync(StateNames.Person, gallery + "/", after: null, cancellationToken))
        {
            if (reader.State(person) is not { } state || state.Epoch != map.Epoch)
            {
                continue;
            }

            FaceState[] missing = [.. state.Faces.Where(face => state.VectorOf(face, contract.Id) is null)];
            seen++;
            whole += missing.Length == 0 ? 1 : 0;
            if (missing.Length > 0)
            {
                string[] kept = [.. missing.Where(face => face.HasCrop).Select(face => face.Id)];
                waiting.Add(new Waiting(PersonKey.Parse(person.Key), missing.Length, kept));
            }

            if (waiting.Sum(one => one.Faces.Length) >= FacesAtOnce || waiting.Count > PeopleAtOnce * FacesAtOnce)
            {
                await MakeWaitingAsync();
            }
        }

        await MakeWaitingAsync();
        return (Found(), made);

        MigrationProgress Found() => new(seen, whole, lacking, Problem: null);

        async Task MakeWaitingAsync()
        {
            foreach (bool? done in await MakeAsync(waiting, contract, cancellationToken))
            {
                whole += done == true ? 1 : 0;
                lacking += done == false ? 1 : 0;
                made |= done != false;
            }

            waiting.Clear();
            note(Found());
        }
    }

    /// <inheritdoc/>
    public async Task<bool> TidyAsync(GalleryMap map, CancellationToken cancellationToken)
    {
        bool found = false;
        var untidy = new List<IPersonPeerGrain>();
        await foreach (GrainRow person in rows.ReadAllAsync(StateNames.Person, gallery + "/", after: null, cancellationToken))
        {
            if (reader.State(person) is { } state && state.Epoch == map.Epoch && !state.HoldsOnly(map))
            {
                found = true;
                untidy.Add(find(person.Key));
            }

            if (untidy.Count == FacesAtOnce)
            {
                await Task.WhenAll(untidy.Select(one => one.TidyAsync(map.ContractRevision, cancellationToken)));
                untidy.Clear();
            }
        }

        await Task.WhenAll(untidy.Select(one => one.TidyAsync(map.ContractRevision, cancellationToken)));
        if (!found)
        {
            await rows.EraseFreePagesAsync(cancellationToken);
        }

        return !found;
    }

    /// <summary>Makes vectors for some people.</summary>
    /// <returns>
    /// For each: true when all their faces have one now, false when some cannot be made, null when it has to be tried again.
    /// </returns>
    private async Task<bool?[]> MakeAsync(List<Waiting> some, Contract contract, CancellationToken cancellationToken)
    {
        var wanted = new List<(int Index, string Face, FaceCrop Crop)>();
        for (int index = 0; index < some.Count; index++)
        {
            Dictionary<string, FaceCrop> kept =
                some[index].Faces.Length == 0 ? [] : await crops.ReadAsync(some[index].Person, cancellationToken);
            wanted.AddRange(some[index].Faces.Where(kept.ContainsKey).Select(face => (index, face, kept[face])));
        }

        var vectors = new List<byte[]?>();
        foreach ((int, string, FaceCrop Crop)[] few in wanted.Chunk(FacesAtOnce))
        {
            vectors.AddRange(await embed([.. few.Select(one => one.Crop)], contract, cancellationToken));
        }

        ILookup<int, MadeVector> byPerson = wanted.Zip(vectors)
            .Where(pair => pair.Second is not null)
            .ToLookup(pair => pair.First.Index, pair => new MadeVector(pair.First.Face, pair.Second!));
        var done = new bool?[some.Count];
        foreach (int[] few in Enumerable.Range(0, some.Count).Chunk(PeopleAtOnce))
        {
            await Task.WhenAll(few.Select(async index =>
                done[index] = await GiveAsync(some[index], [.. byPerson[index]], contract, cancellationToken)));
        }

        GridMetrics.MigratedFaces.Add(vectors.Count(vector => vector is not null));
        return done;
    }

    private async Task<bool?> GiveAsync(Waiting one, MadeVector[] made, Contract contract, CancellationToken cancellationToken) =>
        made.Length == 0 ? false
        : await find(one.Person.ToString()).FillAsync(contract.Id, made, cancellationToken) ? made.Length == one.Missing
        : null;

    /// <summary>A person who lacks vectors.</summary>
    /// <param name="Person">Key.</param>
    /// <param name="Missing">Faces without a vector.</param>
    /// <param name="Faces">Of these, the ids of those that have a cut-out.</param>
    private sealed record Waiting(PersonKey Person, int Missing, string[] Faces);
}
