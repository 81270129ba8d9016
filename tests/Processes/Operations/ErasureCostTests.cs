using FaceGrid.Storage.Sqlite;
using FaceGrid.Tests.Support;
using FaceGrid.Tests.Support.Storage;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Operations;

/// <summary>Goal: an erasure costs what was written since the last one, and the log stays short. Method: pages, passes and bytes are counted, time is not taken.</summary>
public sealed class ErasureCostTests : IDisposable
{
    private const long PageBytes = 32768;

    private readonly TemporaryDirectory directory = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => directory.Dispose();

    private Task<SqliteDatabase> OpenAsync() => SqliteDatabase.OpenAsync(directory.Path, SqliteSynchronous.Normal, Ct);

    /// <summary>Another program that reads until it is disposed.</summary>
    private SqliteConnection ForeignReader()
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(directory.Path, "facegrid.db")};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "BEGIN; SELECT count(*) FROM GrainRow";
        command.ExecuteScalar();
        return connection;
    }

    [Fact]
    public async Task EraseFreePagesAsync_BigFile_LooksOnlyAtWhatWasWritten()
    {
        await FillAsync(pages: 3000);
        MarkedRows rows = await MarkedRows.OpenAsync(directory.Path, seed: 5);
        await using SqliteDatabase database = rows.Database;
        await database.EraseFreePagesAsync(Ct);
        long start = database.Erasure.PagesRead;
        start.ShouldBeInRange(3000, 4000, "each process looks at the whole file once");

        await database.EraseFreePagesAsync(Ct);
        database.Erasure.PagesRead.ShouldBe(start, "nothing was written");

        await rows.AddAsync(1, 2000);
        await database.EraseFreePagesAsync(Ct);
        await rows.DeleteAsync(1);
        await database.EraseFreePagesAsync(Ct);
        (database.Erasure.PagesRead - start).ShouldBeLessThan(20);
    }

    [Fact]
    public async Task Twenty_staggered_deletes_on_a_big_file_cost_one_sweep_and_twenty_small_passes()
    {
        await FillAsync(pages: 3000);
        await using SqliteDatabase database = await OpenAsync();
        GrainQueries queries = await GrainQueries.OpenAsync(database);
        long filePages = new FileInfo(Path.Combine(directory.Path, "facegrid.db")).Length / PageBytes;
        List<Task> deletes = [];
        for (int i = 0; i < 20; i++)
        {
            // Each begins when the one before has committed, whatever became of its erasure: as from callers who do not know of each other.
            (await queries.DeleteAsync("person", $"fill/{i:d6}", 1)).ShouldBe(2);
            deletes.Add(database.EraseFreePagesAsync(Ct));
            await Task.Delay(TimeSpan.FromMilliseconds(10), Ct);
        }

        await Task.WhenAll(deletes);
        database.Erasure.Passes.ShouldBeInRange(1, 20);
        database.Erasure.PagesRead.ShouldBeInRange(filePages, filePages + (20 * 20));
    }

    private async Task FillAsync(int pages)
    {
        await using SqliteDatabase database = await OpenAsync();
        GrainQueries queries = await GrainQueries.OpenAsync(database);
        await Task.WhenAll(Enumerable.Range(0, pages / 2).Select(i => queries.WriteAsync("person", $"fill/{i:d6}", null, new byte[70_000])));
    }

    [Fact]
    public async Task Log_stays_short_beside_busy_readers_and_is_gone_when_closed()
    {
        const int Step = 50;
        MarkedRows rows = await MarkedRows.OpenAsync(directory.Path, seed: 13);
        SqliteDatabase database = rows.Database;
        database.Log.StepPages = Step;
        database.Log.ReaderMilliseconds = 5_000; // Each read is short, but on a busy machine its thread may lose its processor in the middle.
        using var stop = new CancellationTokenSource();
        Task[] readers = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await database.CountAsync("person", "", "~", Ct);
            }
        }, Ct))];
        for (int i = 0; i < 60; i++)
        {
            await rows.AddAsync(20, 20_000);
        }

        // A group of 20 such rows writes some 60 pages.
        database.Log.Bytes.ShouldBeLessThan(60 * 60 * PageBytes / 3);
        await stop.CancelAsync();
        await Task.WhenAll(readers);

        database.Log.ReaderMilliseconds = 20;
        SqliteConnection reader = ForeignReader();
        for (int i = 0; i < 20; i++)
        {
            await rows.AddAsync(20, 20_000);
        }

        database.Log.Bytes.ShouldBeGreaterThan(8L * Step * PageBytes, "the foreign reader needs it");
        reader.Dispose();
        for (int i = 0; i < 20; i++)
        {
            await rows.AddAsync(20, 20_000);
        }

        database.Log.Bytes.ShouldBeLessThan(8L * Step * PageBytes, "what a reader made long is cut");
        await database.DisposeAsync();
        Directory.GetFiles(directory.Path).Select(Path.GetFileName).ShouldBe(["facegrid.db", "facegrid.lock"], ignoreOrder: true);
    }
}
