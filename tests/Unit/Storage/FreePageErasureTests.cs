using System.Buffers.Binary;
using FaceGrid.Storage.Sqlite;
using FaceGrid.Tests.Support;
using FaceGrid.Tests.Support.Storage;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Storage;

/// <summary>Goal: bytes of deleted rows in the unused middle of a page are erased, and stay erased. Method: the test writes such bytes there, as a split of a page leaves them, and does not wait for a split.</summary>
public sealed class FreePageErasureTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly string path;

    public FreePageErasureTests() => path = Path.Combine(directory.Path, "facegrid.db");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static ReadOnlySpan<byte> LeftBytes => "left by a split"u8;

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Bytes_that_an_earlier_process_left_are_erased()
    {
        await FillAsync(rows: 400);
        WriteLeftBytes();
        await using SqliteDatabase database = await SqliteDatabase.OpenAsync(directory.Path, SqliteSynchronous.Normal, Ct);
        await database.EraseFreePagesAsync(Ct);
        ShouldBeErased();
    }

    /// <summary>The writer has the page in memory as it was before it was wiped, and must not write it back like that.</summary>
    [Fact]
    public async Task Erased_bytes_do_not_come_back_with_the_next_write_to_their_page()
    {
        await FillAsync(rows: 5);
        WriteLeftBytes();
        using var freePages = new FreePageErasure(path);
        var log = new WriteLog(path, SqliteSynchronous.Normal, freePages);
        await using var writer = new Writer(path, SqliteSynchronous.Normal, Session.Open(path, SqliteSynchronous.Normal, create: false), log);
        await TouchAsync(writer);
        await new Erasure(path, writer, log, freePages).RunAsync(Ct);
        ShouldBeErased();
        await TouchAsync(writer);
        log.Bytes.ShouldBeGreaterThan(0);
        ShouldBeErased();
    }

    private async Task FillAsync(int rows)
    {
        await using SqliteDatabase database = await SqliteDatabase.OpenAsync(directory.Path, SqliteSynchronous.Normal, Ct);
        GrainQueries queries = await GrainQueries.OpenAsync(database);
        await Task.WhenAll(Enumerable.Range(0, rows).Select(i => queries.WriteAsync("person", $"a/{i:d4}", null, new byte[1000])));
    }

    private static Task<int> TouchAsync(Writer writer) => writer.RunAsync(session => session.Query("UPDATE GrainRow SET Version = Version + 1", []).RecordsAffected, alone: false, Ct);

    /// <summary>Writes the bytes between the cell pointers and the cells of all leaves of tables without row ids (type 10).</summary>
    private void WriteLeftBytes()
    {
        byte[] bytes = File.ReadAllBytes(path);
        int pages = 0;
        for (int at = 0; at < bytes.Length; at += Schema.PageBytes)
        {
            Span<byte> page = bytes.AsSpan(at, Schema.PageBytes);
            int start = 8 + (2 * BinaryPrimitives.ReadUInt16BigEndian(page[3..]));
            int end = BinaryPrimitives.ReadUInt16BigEndian(page[5..]);
            if (page[0] == 10 && end - start > 100)
            {
                LeftBytes.CopyTo(page[((start + end) / 2)..]);
                pages++;
            }
        }

        pages.ShouldBeGreaterThan(1);
        File.WriteAllBytes(path, bytes);
    }

    private void ShouldBeErased()
    {
        foreach (string file in new[] { path, path + "-wal" })
        {
            SharedFile.Read(file).AsSpan().IndexOf(LeftBytes).ShouldBe(-1, file);
        }
    }
}
