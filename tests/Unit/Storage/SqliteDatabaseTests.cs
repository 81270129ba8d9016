using System.Data.Common;
using System.Text;
using FaceGrid.Storage;
using FaceGrid.Storage.Sqlite;
using FaceGrid.Tests.Support;
using FaceGrid.Tests.Support.Storage;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Storage;

/// <summary>What only SQLite does, and <see cref="GridDatabaseTests"/> on it. Method: real files in a directory of their own per test.</summary>
public sealed class SqliteDatabaseTests : GridDatabaseTests, IDisposable
{
    private readonly TemporaryDirectory temporary = new();
    private readonly string directory;

    public SqliteDatabaseTests() => directory = Path.Combine(temporary.Path, "not", "there", "yet");

    private string File => Path.Combine(directory, "facegrid.db");

    public void Dispose() => temporary.Dispose();

    protected override async Task<IGridDatabase> OpenGridAsync() => await OpenAsync();

    private Task<SqliteDatabase> OpenAsync() => SqliteDatabase.OpenAsync(directory, SqliteSynchronous.Normal, Ct);

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
