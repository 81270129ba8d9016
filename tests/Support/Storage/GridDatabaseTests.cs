using System.Text;
using FaceGrid.Storage;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Support.Storage;

/// <summary>Goal: the database keeps what the provider is told was stored, and nothing else; every database in the same way.</summary>
public abstract class GridDatabaseTests
{
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Opens the database of the running test, an empty one at first.</summary>
    protected abstract Task<IGridDatabase> OpenGridAsync();

    protected static async Task<List<GrainRow>> ReadAllAsync(IGridDatabase database, string from, string to)
    {
        List<GrainRow> rows = [];
        await foreach (GrainRow row in database.ReadRangeAsync("person", from, to, Ct))
        {
            rows.Add(row);
        }

        return rows;
    }

    [Fact]
    public async Task Write_read_conflict_clear_and_delete_follow_the_versions()
    {
        await using IGridDatabase database = await OpenGridAsync();
        GrainQueries queries = await GrainQueries.OpenAsync(database);
        const string Key = "default/0a3f/alice";
        (await queries.ReadAsync("person", Key)).ShouldBeNull();
        (await queries.WriteAsync("person", Key, 7, [1])).ShouldBeNull("a version without a row");
        (await queries.WriteAsync("person", Key, null, [1, 2])).ShouldBe(1);
        (await queries.WriteAsync("person", Key, null, [9])).ShouldBeNull("a second activation's first write");
        (await queries.WriteAsync("person", Key, 1, [3])).ShouldBe(2);
        (await queries.WriteAsync("person", Key, 1, [4])).ShouldBeNull("a stale version");
        (await queries.ReadAsync("person", Key))!.Value.Payload.ShouldBe([3]);
        (await queries.ReadAsync("gallery", Key)).ShouldBeNull();
        (await queries.ClearAsync("person", Key, 1)).ShouldBeNull();
        (await queries.ClearAsync("person", Key, 2)).ShouldBe(3);
        (await queries.ReadAsync("person", Key)).ShouldBe((null, 3));
        (await database.ReadAsync("person", Key, Ct)).ShouldBeNull();
        (await database.CountAsync("person", "", "~", Ct)).ShouldBe(0);
        (await queries.WriteAsync("person", Key, 3, [5])).ShouldBe(4);
        GrainRow row = (await database.ReadAsync("person", Key, Ct))!.Value;
        (row.Key, row.Version, row.Payload.Single()).ShouldBe((Key, 4, (byte)5));
        (await queries.DeleteAsync("person", Key, 3)).ShouldBeNull();
        (await queries.DeleteAsync("person", Key, 4)).ShouldBe(5);
        (await queries.ReadAsync("person", Key)).ShouldBeNull();
        (await queries.WriteAsync("person", Key, null, [6])).ShouldBe(1);
    }

    [Fact]
    public async Task Number_and_guid_keys_do_not_collide()
    {
        await using IGridDatabase database = await OpenGridAsync();
        GrainQueries queries = await GrainQueries.OpenAsync(database);
        (await queries.WriteNumberAsync("person", 0, 5, null, [1])).ShouldBe(1);
        (await queries.WriteNumberAsync("person", 5, 0, null, [2])).ShouldBe(1);
        (await queries.WriteNumberAsync("person", 0, 5, "x", [3])).ShouldBe(1);
        (await queries.ReadAsync("person", null, 0, 5))!.Value.Payload.ShouldBe([1]);
        (await queries.ReadAsync("person", null, 5, 0))!.Value.Payload.ShouldBe([2]);
        (await queries.ReadAsync("person", "x", 0, 5))!.Value.Payload.ShouldBe([3]);
    }

    [Fact]
    public async Task Rows_survive_a_restart()
    {
        await using (IGridDatabase database = await OpenGridAsync())
        {
            await (await GrainQueries.OpenAsync(database)).WriteAsync("person", "a/1", null, new byte[100_000]);
        }

        await using IGridDatabase again = await OpenGridAsync();
        (await again.ReadAsync("person", "a/1", Ct))!.Value.Payload.Length.ShouldBe(100_000);
    }

    [Fact]
    public async Task ReadRangeAsync_OddKeys_IsOrdinalAndHalfOpen()
    {
        await using IGridDatabase database = await OpenGridAsync();
        GrainQueries queries = await GrainQueries.OpenAsync(database);
        string[] keys = ["a", "a/", "a/0", "a/00", "a/0a3f/Alice", "a/0a3f/alice", "a/0a3f/é", "a/~", "a0", "a0/x", "b/'; DROP", "b/ ", "b/%_", "b/名", "~"];
        foreach (string key in keys)
        {
            (await queries.WriteAsync("person", key, null, Encoding.UTF8.GetBytes(key))).ShouldBe(1);
            (await queries.WriteAsync("gallery", key, null, [0])).ShouldBe(1);
        }

        foreach (string from in keys)
        {
            foreach (string to in keys)
            {
                string[] expected = [.. keys.Where(k => string.CompareOrdinal(k, from) >= 0 && string.CompareOrdinal(k, to) < 0).Order(StringComparer.Ordinal)];
                (await ReadAllAsync(database, from, to)).Select(r => r.Key).ShouldBe(expected, $"{from} .. {to}");
                (await database.CountAsync("person", from, to, Ct)).ShouldBe(expected.Length);
            }
        }

        (await ReadAllAsync(database, "a/", "a0")).ShouldAllBe(r => Encoding.UTF8.GetString(r.Payload) == r.Key);
        (await database.DeleteRangeAsync("person", "a/", "a0", Ct)).ShouldBe(7);
        (await ReadAllAsync(database, "", "~~")).Select(r => r.Key).ShouldBe(["a", "a0", "a0/x", "b/ ", "b/%_", "b/'; DROP", "b/名", "~"]);
        (await database.CountAsync("gallery", "", "~~", Ct)).ShouldBe(keys.Length);
    }

    [Fact]
    public async Task Range_of_several_batches_is_read_and_deleted_whole()
    {
        await using IGridDatabase database = await OpenGridAsync();
        GrainQueries queries = await GrainQueries.OpenAsync(database);
        string[] keys = [.. Enumerable.Range(0, 1537).Select(i => $"g/{i * 7919 % 65536:x4}/p{i}")];
        await Task.WhenAll(keys.Select((k, i) => queries.WriteAsync("person", k, null, new byte[i == 3 ? 9 << 20 : 10])));
        (await ReadAllAsync(database, "g/", "g0")).Select(r => r.Key).ShouldBe(keys.Order(StringComparer.Ordinal));
        (await database.DeleteRangeAsync("person", "g/", "g0", Ct)).ShouldBe(keys.Length);
        (await database.CountAsync("person", "g/", "g0", Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task A_read_that_stands_still_blocks_neither_writes_nor_an_erasure()
    {
        await using IGridDatabase database = await OpenGridAsync();
        GrainQueries queries = await GrainQueries.OpenAsync(database);
        await Task.WhenAll(Enumerable.Range(0, 1100).Select(i => queries.WriteAsync("person", $"g/{i:d5}", null, new byte[100])));
        await using IAsyncEnumerator<GrainRow> read = database.ReadRangeAsync("person", "g/", "g0", Ct).GetAsyncEnumerator(Ct);
        (await read.MoveNextAsync()).ShouldBeTrue();
        (await queries.WriteAsync("person", "g/00000", 1, [1])).ShouldBe(2);
        (await queries.DeleteAsync("person", "g/01099", 1)).ShouldBe(2);
        await database.EraseFreePagesAsync(Ct);
        int count = 1;
        while (await read.MoveNextAsync())
        {
            count++;
        }

        count.ShouldBe(1099);
    }

    [Fact]
    public async Task Concurrent_writes_to_one_row_let_exactly_one_win()
    {
        await using IGridDatabase database = await OpenGridAsync();
        GrainQueries queries = await GrainQueries.OpenAsync(database);
        int?[] first = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => queries.WriteAsync("person", "k/", null, [(byte)i])));
        first.Count(v => v == 1).ShouldBe(1);
        first.Count(v => v is null).ShouldBe(39);
    }
}
