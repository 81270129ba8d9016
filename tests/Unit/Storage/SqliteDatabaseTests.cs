using System.Data.Common;
using System.Text;
using FaceGrid.Storage;
using FaceGrid.Tests.Support;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Storage;

/// <summary>Goal: the database keeps what the provider is told was stored, and nothing else. Method: real files in a directory of their own per test.</summary>
public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly TemporaryDirectory temporary = new();
    private readonly string directory;

    public SqliteDatabaseTests() => directory = Path.Combine(temporary.Path, "not", "there", "yet");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string File => Path.Combine(directory, "facegrid.db");

    public void Dispose() => temporary.Dispose();

    private Task<SqliteDatabase> OpenAsync() => SqliteDatabase.OpenAsync(directory, SqliteSynchronous.Normal, Ct);

    private static async Task<List<GrainRow>> ReadAllAsync(SqliteDatabase database, string from, string to)
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
        await using SqliteDatabase database = await OpenAsync();
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
        await using SqliteDatabase database = await OpenAsync();
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
        await using (SqliteDatabase database = await OpenAsync())
        {
            await (await GrainQueries.OpenAsync(database)).WriteAsync("person", "a/1", null, new byte[100_000]);
        }

        await using SqliteDatabase again = await OpenAsync();
        (await again.ReadAsync("person", "a/1", Ct))!.Value.Payload.Length.ShouldBe(100_000);
    }

    [Fact]
    public async Task ReadRangeAsync_OddKeys_IsOrdinalAndHalfOpen()
    {
        await using SqliteDatabase database = await OpenAsync();
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
        await using SqliteDatabase database = await OpenAsync();
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
        await using SqliteDatabase database = await OpenAsync();
        GrainQueries queries = await GrainQueries.OpenAsync(database);
        await Task.WhenAll(Enumerable.Range(0, 1100).Select(i => queries.WriteAsync("person", $"g/{i:d5}", null, new byte[100])));
        await using IAsyncEnumerator<GrainRow> read = database.ReadRangeAsync("person", "g/", "g0", Ct).GetAsyncEnumerator(Ct);
        (await read.MoveNextAsync()).ShouldBeTrue();
        (await queries.WriteAsync("person", "g/00000", 1, [1])).ShouldBe(2);
        (await queries.DeleteAsync("person", "g/01099", 1)).ShouldBe(2);
        await database.EraseResidueAsync(Ct);
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
        await using SqliteDatabase database = await OpenAsync();
        GrainQueries queries = await GrainQueries.OpenAsync(database);
        int?[] first = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => queries.WriteAsync("person", "k/", null, [(byte)i])));
        first.Count(v => v == 1).ShouldBe(1);
        first.Count(v => v is null).ShouldBe(39);
    }

    [Fact]
    public async Task A_bad_statement_fails_alone()
    {
        await using SqliteDatabase database = await OpenAsync();
        GrainQueries queries = await GrainQueries.OpenAsync(database);
        Task<int?>[] good = [.. Enumerable.Range(0, 20).Select(i => queries.WriteAsync("person", $"k/{i}", null, [1]))];
        Task bad = Task.Run(async () =>
        {
            await using DbCommand command = database.DataSource.CreateCommand("INSERT INTO GrainRow VALUES (NULL, 0, 0, 'x', 1, NULL)");
            await command.ExecuteNonQueryAsync(Ct);
        }, Ct);
        (await Task.WhenAll(good)).ShouldAllBe(v => v == 1);
        await Should.ThrowAsync<SqliteException>(() => bad);
        (await queries.WriteAsync("person", "k/0", 1, [2])).ShouldBe(2);
    }

    [Fact]
    public async Task Commands_leave_the_callers_scheduler()
    {
        await using SqliteDatabase database = await OpenAsync();
        GrainQueries queries = await GrainQueries.OpenAsync(database);
        var exclusive = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        // A synchronous statement would end inside the turn; a queued one cannot, because the writer waits for the blocker below.
        using var blocker = new SqliteConnection($"Data Source={File};Pooling=False");
        blocker.Open();
        using SqliteTransaction transaction = blocker.BeginTransaction(deferred: false);
        Task<int?> write = await Task.Factory.StartNew(() => queries.WriteAsync("person", "k/", null, [1]), Ct, TaskCreationOptions.None, exclusive);
        await Task.Factory.StartNew(() => write.IsCompleted.ShouldBeFalse(), Ct, TaskCreationOptions.None, exclusive);
        (await database.ReadAsync("person", "k/", Ct)).ShouldBeNull("a reader does not wait for the writer");
        transaction.Rollback();
        (await write).ShouldBe(1);
    }

    [Fact]
    public async Task Full_database_fails_the_write_and_recovers_when_there_is_room()
    {
        await using SqliteDatabase database = await OpenAsync();
        GrainQueries queries = await GrainQueries.OpenAsync(database);
        await queries.WriteAsync("person", "k/kept", null, [1]);
        await PragmaAsync("max_page_count = 10"); // SQLITE_FULL, as from a full disk.
        StorageException full = await Should.ThrowAsync<StorageException>(() => queries.WriteAsync("person", "k/big", null, new byte[4 << 20]));
        full.Reason.ShouldBe(StorageReason.Full);
        full.Message.ShouldContain(File);

        // The writer works on a fresh connection from here, whose limit is the default one.
        (await queries.WriteAsync("person", "k/big", null, new byte[4 << 20])).ShouldBe(1);
        (await database.CountAsync("person", "k/", "k0", Ct)).ShouldBe(2);

        async Task PragmaAsync(string text)
        {
            await using DbConnection connection = await database.DataSource.OpenConnectionAsync(Ct);
            await using DbCommand command = connection.CreateCommand();
            command.CommandText = $"PRAGMA {text}";
            await command.ExecuteNonQueryAsync(Ct);
        }
    }

    [Fact]
    public async Task OpenAsync_DirectoryInUse_NamesTheDirectory()
    {
        await using SqliteDatabase database = await OpenAsync();
        StorageException e = await Should.ThrowAsync<StorageException>(OpenAsync);
        e.Reason.ShouldBe(StorageReason.Locked);
        e.Message.ShouldContain(directory);
    }

    /// <summary>Root may write everywhere, so permission bits prove nothing here: a file in place of the directory and the read-only /proc stand in.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OpenAsync_DirectoryCannotBeWritten_SaysSo(bool proc)
    {
        Assert.SkipWhen(proc && !Directory.Exists("/proc/self"), "needs /proc");
        Directory.CreateDirectory(directory);
        string path = proc ? "/proc/facegrid" : Path.Combine(directory, "file");
        if (!proc)
        {
            await System.IO.File.WriteAllTextAsync(path, "not a directory", Ct);
        }

        StorageException e = await Should.ThrowAsync<StorageException>(() => SqliteDatabase.OpenAsync(path, SqliteSynchronous.Full, Ct));
        e.Reason.ShouldBeOneOf(StorageReason.ReadOnly, StorageReason.Unavailable);
        e.Message.ShouldContain(path);
    }

    [Fact]
    public async Task OpenAsync_NotADatabase_IsDamaged()
    {
        Directory.CreateDirectory(directory);
        await System.IO.File.WriteAllBytesAsync(File, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("no database ", 20_000))), Ct);
        StorageException e = await Should.ThrowAsync<StorageException>(OpenAsync);
        e.Reason.ShouldBe(StorageReason.Damaged);
        await Should.ThrowAsync<StorageException>(OpenAsync, "the lock is free again and the file untouched");
    }

    [Fact]
    public async Task ReadRangeAsync_DamagedPage_ThrowsInsteadOfSkipping()
    {
        await using (SqliteDatabase database = await OpenAsync())
        {
            GrainQueries queries = await GrainQueries.OpenAsync(database);
            await Task.WhenAll(Enumerable.Range(0, 600).Select(i => queries.WriteAsync("person", $"g/{i:d5}", null, new byte[2000])));
        }

        await using (FileStream file = System.IO.File.OpenWrite(File))
        {
            file.Position = file.Length / 2 / 32768 * 32768;
            await file.WriteAsync(Enumerable.Repeat((byte)0xA5, 32768).ToArray(), Ct);
        }

        await using SqliteDatabase damaged = await OpenAsync();
        (await Should.ThrowAsync<StorageException>(() => ReadAllAsync(damaged, "", "~"))).Reason.ShouldBe(StorageReason.Damaged);
    }

    [Fact]
    public async Task OpenAsync_NewerSchema_IsRefused()
    {
        await (await OpenAsync()).DisposeAsync();
        using (var connection = new SqliteConnection($"Data Source={File};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }

        (await Should.ThrowAsync<StorageException>(OpenAsync)).Reason.ShouldBe(StorageReason.NewerSchema);
    }

    [Fact]
    public async Task Closed_database_answers_with_an_exception()
    {
        SqliteDatabase database = await OpenAsync();
        GrainQueries queries = await GrainQueries.OpenAsync(database);
        await database.DisposeAsync();
        await database.DisposeAsync();
        (await Should.ThrowAsync<StorageException>(() => queries.WriteAsync("person", "k/", null, [1]))).Reason.ShouldBe(StorageReason.Unavailable);
        (await Should.ThrowAsync<StorageException>(() => database.ReadAsync("person", "k/", Ct))).Reason.ShouldBe(StorageReason.Unavailable);
    }
}
