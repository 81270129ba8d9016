using FaceGrid.Storage;
using FaceGrid.Storage.Sqlite;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Storage;

/// <summary>Goal: nobody is told "stored" about something that is not. Method: a job that stands still fills the queue behind it, so that the next group is known.</summary>
public sealed class WriterTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly string path;
    private readonly FreePageErasure freePages;
    private readonly Writer writer;

    public WriterTests()
    {
        path = Path.Combine(directory.Path, "facegrid.db");
        var session = Session.Open(path, SqliteSynchronous.Normal, create: true);
        session.Execute("CREATE TABLE Job (Name TEXT PRIMARY KEY, Body BLOB)");
        freePages = new FreePageErasure(path);
        writer = new Writer(path, SqliteSynchronous.Normal, session, new WriteLog(path, SqliteSynchronous.Normal, freePages));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        freePages.Dispose();
        directory.Dispose();
    }

    /// <summary>Keeps the writer busy until the event is set; returns when it is.</summary>
    private async Task<ManualResetEventSlim> BlockAsync()
    {
        var gate = new ManualResetEventSlim();
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = writer.RunAsync(_ =>
        {
            began.SetResult();
            gate.Wait(TimeSpan.FromSeconds(60));
            return 0;
        }, alone: true, Ct);
        await began.Task;
        return gate;
    }

    private Task<int> InsertAsync(string name, int bytes, CancellationToken cancellationToken) => writer.RunAsync(session =>
    {
        session.Execute($"INSERT INTO Job VALUES ('{name}', zeroblob({bytes}))");
        return 1;
    }, alone: false, cancellationToken);

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_loses_nothing_that_it_took()
    {
        using ManualResetEventSlim gate = await BlockAsync();
        Task<int>[] taken = [.. Enumerable.Range(0, Writer.QueueMax).Select(i => InsertAsync($"job-{i}", 1, Ct))];
        (await Should.ThrowAsync<StorageException>(InsertAsync("one too many", 1, Ct).WaitAsync(TimeSpan.FromSeconds(60), Ct))).Reason.ShouldBe(StorageReason.Busy);
        taken.ShouldAllBe(job => !job.IsCompleted);
        gate.Set();
        await Task.WhenAll(taken);
        await InsertAsync("later", 1, Ct);
        await writer.DisposeAsync();
        Stored().Length.ShouldBe(Writer.QueueMax + 1);
    }

    private string[] Stored()
    {
        using var session = Session.Open(path, SqliteSynchronous.Normal, create: false);
        return [.. session.Query("SELECT Name FROM Job ORDER BY Name", []).Rows.Select(r => (string)r[0])];
    }

    [Fact]
    public async Task RunAsync_CancelledInTheQueue_IsNotDone()
    {
        using ManualResetEventSlim gate = await BlockAsync();
        using var cancel = new CancellationTokenSource();
        Task<int> kept = InsertAsync("kept", 1, Ct);
        Task<int> cancelled = InsertAsync("cancelled", 1, cancel.Token);
        Task<int> alsoKept = InsertAsync("also kept", 1, Ct);
        await cancel.CancelAsync();
        gate.Set();
        (await kept + await alsoKept).ShouldBe(2);
        (await Should.ThrowAsync<OperationCanceledException>(() => cancelled)).CancellationToken.ShouldBe(cancel.Token);
        await writer.DisposeAsync();
        Stored().ShouldBe(["also kept", "kept"]);
    }

    [Fact]
    public async Task DisposeAsync_JobsInTheQueue_FinishesThem()
    {
        using ManualResetEventSlim gate = await BlockAsync();
        Task<int>[] jobs = [.. Enumerable.Range(0, 200).Select(i => InsertAsync($"{i:d3}", 1, Ct))];
        Task closed = writer.DisposeAsync().AsTask();
        StorageException late = await Should.ThrowAsync<StorageException>(() => InsertAsync("late", 1, Ct));
        late.Reason.ShouldBe(StorageReason.Unavailable);
        gate.Set();
        (await Task.WhenAll(jobs)).Sum().ShouldBe(200);
        await closed;
        Stored().Length.ShouldBe(200);
        File.Exists(path + "-wal").ShouldBeFalse();
    }

    /// <summary>SQLITE_FULL, as from a full disk, takes back the whole transaction, and with it jobs that had already run.</summary>
    [Fact]
    public async Task RunAsync_OneOfTheGroupFindsTheDiskFull_FailsThemAll()
    {
        await InsertAsync("before", 1, Ct);
        await writer.RunAsync(session =>
        {
            session.Execute("PRAGMA max_page_count = 10");
            return 0;
        }, alone: true, Ct);
        Task<int>[] group;
        using (ManualResetEventSlim gate = await BlockAsync())
        {
            group = [InsertAsync("first", 1, Ct), InsertAsync("twice", 1, Ct), InsertAsync("twice", 1, Ct), InsertAsync("big", 4 << 20, Ct), InsertAsync("last", 1, Ct)];
            gate.Set();
            foreach (Task<int> job in group)
            {
                (await Should.ThrowAsync<StorageException>(() => job)).Reason.ShouldBe(StorageReason.Full);
            }
        }

        (await InsertAsync("after", 4 << 20, Ct)).ShouldBe(1);
        await writer.DisposeAsync();
        Stored().ShouldBe(["after", "before"]);
    }
}
