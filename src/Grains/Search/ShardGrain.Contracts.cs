using FaceGrid.Abstractions.Galleries;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.Search;

// While a gallery moves to another model the shard holds its people twice, once per contract, and one of the two is searched. Which one, the gallery says; its turn tells an old word from a new one.
public sealed partial class ShardGrain
{
    private HeldTemplates[] _held = [];
    private long _asks, _adopted;

    /// <summary>What is searched.</summary>
    private ShardIndex Index => _held[0].Index;

    /// <inheritdoc/>
    public Task RefreshAsync() => ReadMapAsync();

    /// <inheritdoc/>
    public async Task<ShardAudit?> AuditAsync(string contract)
    {
        if (_retired)
        {
            return null;
        }

        long people = 0, lacking = 0;
        List<string> differing = await DifferingAsync(_leaving.Token, (_, state) =>
        {
            people++;
            lacking += state.Faces.Exists(face => state.VectorOf(face, contract) is null) ? 1 : 0;
        });
        foreach (string person in differing)
        {
            // Mostly a write between its row and this shard, which arrives as well and changes nothing then.
            await RepairAsync(person, _leaving.Token);
        }

        return _retired ? null : new ShardAudit(people, lacking);
    }

    /// <summary>Asks the gallery. Of several answers the one to the latest question counts.</summary>
    private async Task<GalleryMap?> ReadMapAsync()
    {
        long ask = ++_asks;
        GalleryMap? map = await Gallery.GetShardMapAsync();
        if (!_retired && ask > _adopted && map is not null && map.Epoch == _map!.Epoch)
        {
            _adopted = ask;
            Adopt(map);
        }

        return map;
    }

    private void Adopt(GalleryMap map)
    {
        _map = map;
        HeldTemplates[] before = _held;
        string[] wanted = map.Other is null ? [map.Contract?.Id ?? ""] : [map.Contract!.Id, map.Other.Id];
        _held = Array.ConvertAll(wanted, contract => Array.Find(before, held => held.Contract == contract) ?? Hold(contract, before));
        foreach (HeldTemplates dropped in before.Except(_held))
        {
            dropped.Index.Dispose();
        }

        if (before.Length > 0 && before[0].Index != Index)
        {
            ShardMetrics.Forget(before[0].Index);
            ShardMetrics.Watch(Index);
        }
    }

    private HeldTemplates Hold(string contract, HeldTemplates[] before)
    {
        ShardIndex index = before.Length > 0 ? before[0].Index.Fork() : new ShardIndex(time);
        return new HeldTemplates(contract, index, new ProbeCoalescer((probes, count, limit, nobody) => index.SearchAsync(scans, probes, count, limit, nobody)));
    }

    /// <summary>Takes an entry into each index unless a newer one is known.</summary>
    private bool Apply(PersonEntry entry)
    {
        if (Index.RevisionOf(entry.Person) > entry.Revision)
        {
            return false;
        }

        Array.ForEach(_held, held => held.Index.Apply(entry.Under(held.Contract)));
        return true;
    }
}
