using FaceGrid.Storage;
using FaceGrid.Storage.Sightings;
using FaceGrid.Storage.Sqlite;
using FaceGrid.Tests.Support;
using FaceGrid.Tests.Support.Storage;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Storage;

/// <summary><see cref="SightingRowsTests"/> on SQLite, and what only it does.</summary>
public sealed class SqliteSightingRowsTests : SightingRowsTests, IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    protected override string Explain => "EXPLAIN QUERY PLAN";

    protected override async Task<IGridDatabase> OpenAsync() => await SqliteDatabase.OpenAsync(directory.Path, SqliteSynchronous.Normal, Ct);

    [Fact]
    public async Task What_was_erased_is_in_no_file()
    {
        await using IGridDatabase database = await OpenAsync();
        byte[] picture = [.. Enumerable.Repeat("picture-of-ada;"u8.ToArray(), 6000).SelectMany(part => part)];
        for (int i = 0; i < 200; i++)
        {
            await database.Sightings.RecordAsync(Visit($"v{i:d3}", 1, person: i % 2 == 0 ? "name-of-ada" : "name-of-ben"), null, i % 2 == 0 ? picture : null, Ct);
        }

        await database.Sightings.ErasePeopleAsync("g", "name-of-ada", upTo: null, Ct);
        await database.EraseFreePagesAsync(Ct);
        foreach (string file in Directory.GetFiles(directory.Path).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            byte[] bytes = SharedFile.Read(file);
            bytes.AsSpan().IndexOf("-of-ada"u8).ShouldBe(-1, file);
        }

        (await database.Sightings.ListAsync(new SightingFilter(), 1000, Ct)).Count.ShouldBe(100);
    }
}
