using FaceGrid.Storage;
using FaceGrid.Storage.Sqlite;
using FaceGrid.Tests.Support;
using FaceGrid.Tests.Support.Storage;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Storage;

/// <summary>
/// Goal: deleted means gone from all files. Method: real files, in which every version of a row bears a mark that is looked for afterwards.
/// </summary>
public sealed class ErasureTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory directory = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => directory.Dispose();

    private Task<SqliteDatabase> OpenAsync() => SqliteDatabase.OpenAsync(directory.Path, SqliteSynchronous.Normal, Ct);

    /// <summary>Another program on the same file.</summary>
    private SqliteConnection OpenForeign()
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(directory.Path, "facegrid.db")};Pooling=False");
        connection.Open();
        Scalar(connection, "PRAGMA busy_timeout = 0");
        return connection;
    }

    private static object? Scalar(SqliteConnection connection, string text)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar();
    }

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!condition())
        {
            limit.IsCancellationRequested.ShouldBeFalse($"not after {Patience}: {what}");
            await Task.Yield();
        }
    }

    /// <summary>Rows are added, replaced and deleted in random order, so that pages split and merge; the largest have overflow pages.</summary>
    [Theory]
    [InlineData(600)]
    [InlineData(2100)]
    [InlineData(6300)]
    [InlineData(40_000)]
    public async Task EraseFreePagesAsync_AfterDeletes_LeavesNoByteInAnyFile(int payloadBytes)
    {
        MarkedRows rows = await MarkedRows.OpenAsync(directory.Path, seed: 3);
        await using SqliteDatabase database = rows.Database;
        for (int round = 0; round < 6; round++)
        {
            await rows.AddAsync(payloadBytes > 10_000 ? 60 : 300, payloadBytes);
            await rows.ReplaceAsync(rows.Count / 5, payloadBytes);
            await rows.DeleteAsync(rows.Count / 3);
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => database.EraseFreePagesAsync(Ct)));
        rows.ShouldBeAllThatIsLeft($"payloads of {payloadBytes} bytes");
    }

    /// <summary>
    /// All that can come between a write and its erasure, in random order: own checkpoints (every few pages), foreign checkpoints, readers that stay, clean restarts, crashes (the files
    /// as they are at that moment, opened elsewhere) and other erasures. Every erasure must leave what is live and nothing else.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(null)]
    public async Task EraseFreePagesAsync_AfterAnyHistory_LeavesNoByteInAnyFile(int? fixedSeed)
    {
        int seed = fixedSeed ?? Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        MarkedRows rows = await MarkedRows.OpenAsync(directory.Path, seed);
        SqliteDatabase database = rows.Database;
        SqliteConnection? reader = null;
        List<string> story = [$"seed {seed}"];
        (int payloadBytes, int rowsMax) = random.Next(3) switch { 0 => (700, 200), 1 => (3000, 100), _ => (25_000, 20) };
        for (int step = 0; step < 60; step++)
        {
            database.Log.StepPages = random.Next(3, 60);
            int what = random.Next(12);
            story.Add($"{what}");
            switch (what)
            {
                case 0 or 1 or 2:
                    await rows.AddAsync(random.Next(1, rowsMax), payloadBytes);
                    break;
                case 3:
                    await rows.ReplaceAsync(random.Next(1, rowsMax / 4), payloadBytes);
                    break;
                case 4 or 5:
                    await rows.DeleteAsync(random.Next(1, rowsMax / 2));
                    break;
                case 6 or 7:
                    reader?.Dispose();
                    reader = null;
                    await database.EraseFreePagesAsync(Ct);
                    rows.ShouldBeAllThatIsLeft(string.Join(' ', story));
                    break;
                case 8:
                    using (SqliteConnection foreign = OpenForeign())
                    {
                        Scalar(foreign, $"PRAGMA wal_checkpoint({(random.Next(2) == 0 ? "PASSIVE" : "TRUNCATE")})");
                    }

                    break;
                case 9 when reader is null:
                    reader = OpenForeign();
                    Scalar(reader, "BEGIN");
                    Scalar(reader, "SELECT count(*) FROM GrainRow");
                    break;
                case 10 when random.Next(3) == 0:
                    reader?.Dispose();
                    reader = null;
                    database = await RestartAsync(rows, crash: random.Next(2) == 0);
                    break;
                default:
                    reader?.Dispose();
                    reader = null;
                    break;
            }

            rows.ErasedShouldStayAway(string.Join(' ', story));
        }

        reader?.Dispose();
        await database.EraseFreePagesAsync(Ct);
        rows.ShouldBeAllThatIsLeft(string.Join(' ', story));
        await database.DisposeAsync();
        rows.ShouldBeAllThatIsLeft("closed");
    }

    private async Task<SqliteDatabase> RestartAsync(MarkedRows rows, bool crash)
    {
        (string Path, byte[] Bytes)[] left = crash ? FilesOfACrash() : [];
        await rows.Database.DisposeAsync();
        foreach ((string path, byte[] bytes) in left)
        {
            await File.WriteAllBytesAsync(path, bytes, Ct);
        }

        await rows.UseAsync(await OpenAsync());
        return rows.Database;
    }

    /// <summary>Copies taken while nobody writes are what a killed process leaves. The sweep may cut the log just then; a log that is the same before and after fits the file.</summary>
    private (string Path, byte[] Bytes)[] FilesOfACrash()
    {
        string path = Path.Combine(directory.Path, "facegrid.db"), log = path + "-wal";
        while (true)
        {
            byte[] before = SharedFile.Read(log), bytes = SharedFile.Read(path);
            if (SharedFile.Read(log).AsSpan().SequenceEqual(before))
            {
                return [(path, bytes), (log, before)];
            }
        }
    }

    /// <summary>A foreign reader holds up the first pass. Those who come meanwhile share the one that waits; what they write and delete goes through and is erased.</summary>
    [Fact]
    public async Task Callers_during_a_pass_share_the_next_and_writes_go_through()
    {
        MarkedRows rows = await MarkedRows.OpenAsync(directory.Path, seed: 7);
        await using SqliteDatabase database = rows.Database;
        database.Erasure.ReaderLimit = TimeSpan.FromMinutes(2); // The writes below take their time on a busy machine.
        await rows.AddAsync(500, 2000);
        await rows.DeleteAsync(100);
        SqliteConnection reader = OpenForeign();
        Scalar(reader, "BEGIN");
        Scalar(reader, "SELECT count(*) FROM GrainRow");
        await rows.DeleteAsync(100);
        Task first = database.EraseFreePagesAsync(Ct);
        await UntilAsync(() => database.Erasure.Passes == 1, "the first pass begins");
        List<Task> others = [];
        for (int i = 0; i < 30; i++)
        {
            await rows.AddAsync(3, 2000);
            await rows.DeleteAsync(5);
            others.Add(database.EraseFreePagesAsync(Ct));
        }

        using var impatient = new CancellationTokenSource();
        Task cancelled = database.EraseFreePagesAsync(impatient.Token);
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => cancelled);
        first.IsCompleted.ShouldBeFalse("the reader is in the way");
        others.ShouldAllBe(t => !t.IsCompleted);
        reader.Dispose();
        await Task.WhenAll([first, .. others]);
        database.Erasure.Passes.ShouldBe(2);
        rows.ShouldBeAllThatIsLeft("after the shared pass");
    }

    [Fact]
    public async Task EraseFreePagesAsync_ReaderStays_IsLockedAndCanBeRepeated()
    {
        MarkedRows rows = await MarkedRows.OpenAsync(directory.Path, seed: 9);
        await using SqliteDatabase database = rows.Database;
        database.Erasure.ReaderLimit = TimeSpan.FromMilliseconds(200);
        await rows.AddAsync(500, 2000);
        using (SqliteConnection reader = OpenForeign())
        {
            Scalar(reader, "BEGIN");
            Scalar(reader, "SELECT count(*) FROM GrainRow");
            await rows.DeleteAsync(200);
            StorageException locked = await Should.ThrowAsync<StorageException>(() => database.EraseFreePagesAsync(Ct));
            locked.Reason.ShouldBe(StorageReason.Locked);
        }

        await database.EraseFreePagesAsync(Ct);
        rows.ShouldBeAllThatIsLeft("after the second call");
    }

    /// <summary>What <see cref="WriteLog"/> relies on in SQLite: beside its open read transaction no other program moves or cuts the log.</summary>
    [Theory]
    [InlineData("PASSIVE")]
    [InlineData("FULL")]
    [InlineData("RESTART")]
    [InlineData("TRUNCATE")]
    public async Task Foreign_checkpoints_take_nothing_out_of_the_log(string mode)
    {
        MarkedRows rows = await MarkedRows.OpenAsync(directory.Path, seed: 11);
        await using SqliteDatabase database = rows.Database;
        await database.EraseFreePagesAsync(Ct);
        await rows.AddAsync(500, 2000);
        await rows.DeleteAsync(50);
        long bytes = database.Log.Bytes;
        using (SqliteConnection foreign = OpenForeign())
        {
            using SqliteCommand command = foreign.CreateCommand();
            command.CommandText = $"PRAGMA wal_checkpoint({mode})";
            using SqliteDataReader reader = command.ExecuteReader();
            reader.Read().ShouldBeTrue();
            reader.GetInt32(2).ShouldBe(0, "pages copied");
        }

        await rows.AddAsync(1, 2000);
        database.Log.Bytes.ShouldBeGreaterThan(bytes, "the next commit is added to the log");
        await rows.DeleteAsync(50);
        await database.EraseFreePagesAsync(Ct);
        rows.ShouldBeAllThatIsLeft(mode);
    }
}
