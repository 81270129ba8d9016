using System.Globalization;
using System.Text;
using FaceGrid.Storage.Sqlite;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Support.Storage;

/// <summary>
/// Rows whose every written version bears a mark of its own, in the key and all through the payload, so that a byte of a row that is gone can be told from
/// those that are there. A mark is a number, written as <c>mark-00000042;</c>.
/// </summary>
public sealed class MarkedRows(string directory, Random random)
{
    /// <summary>Bytes from one mark to the next. Copies of cells that SQLite leaves behind may be cut anywhere, so marks are close together.</summary>
    private const int Spacing = 64;

    private readonly Dictionary<string, Row> live = [];
    private HashSet<int> erased = [];
    private int next;

    /// <summary>The open database.</summary>
    public SqliteDatabase Database { get; private set; } = null!;

    public int Count => live.Count;

    private GrainQueries Queries { get; set; } = null!;

    /// <summary>Opens the database of a directory.</summary>
    public static async Task<MarkedRows> OpenAsync(string directory, int seed)
    {
        var rows = new MarkedRows(directory, new Random(seed));
        await rows.UseAsync(await SqliteDatabase.OpenAsync(directory, SqliteSynchronous.Normal, TestContext.Current.CancellationToken));
        return rows;
    }

    public async Task UseAsync(SqliteDatabase database)
    {
        Database = database;
        Queries = await GrainQueries.OpenAsync(database);
    }

    /// <summary>Writes new rows at random places.</summary>
    public Task AddAsync(int count, int payloadBytes) => Task.WhenAll(Enumerable.Range(0, count).Select(async _ =>
    {
        int mark = next++;
        string key = $"default/{random.Next(65536):x4}/{Text(mark)}";
        live[key] = new Row(1, mark, mark);
        (await Queries.WriteAsync("person", key, null, Payload(mark, payloadBytes))).ShouldBe(1);
    }));

    /// <summary>Replaces the payload of random rows.</summary>
    public Task ReplaceAsync(int count, int payloadBytes) => Task.WhenAll(Pick(count).Select(async key =>
    {
        Row row = live[key];
        int mark = next++;
        live[key] = row with { Version = row.Version + 1, PayloadMark = mark };
        (await Queries.WriteAsync("person", key, row.Version, Payload(mark, payloadBytes))).ShouldBe(row.Version + 1);
    }));

    /// <summary>Deletes random rows.</summary>
    public Task DeleteAsync(int count) => Task.WhenAll(Pick(count).Select(async key =>
    {
        live.Remove(key, out Row row);
        (await Queries.DeleteAsync("person", key, row.Version)).ShouldBe(row.Version + 1);
    }));

    /// <summary>After an erasure: all files, the log included, hold every mark that is live and no other.</summary>
    public void ShouldBeAllThatIsLeft(string story)
    {
        HashSet<int> found = FoundInFiles();
        HashSet<int> expected = [.. live.Values.SelectMany(r => new[] { r.KeyMark, r.PayloadMark })];
        expected.Except(found).ShouldBeEmpty($"lost: {story}");
        found.Except(expected).ShouldBeEmpty($"not erased: {story}");
        erased = [.. Enumerable.Range(0, next).Except(expected)];
    }

    /// <summary>At any time: what an erasure has removed is nowhere, whatever was written, moved or restarted since.</summary>
    public void ErasedShouldStayAway(string story) => FoundInFiles().Intersect(erased).ShouldBeEmpty($"came back: {story}");

    private string[] Pick(int count)
    {
        string[] keys = [.. live.Keys.Order(StringComparer.Ordinal)];
        random.Shuffle(keys);
        return keys[..Math.Min(count, keys.Length)];
    }

    private static string Text(int mark) => $"mark-{mark:d8};";

    private byte[] Payload(int mark, int bytes)
    {
        int length = random.Next(bytes / 2, bytes * 3 / 2);
        return Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(Text(mark).PadRight(Spacing, '.'), (length / Spacing) + 1)));
    }

    private HashSet<int> FoundInFiles()
    {
        HashSet<int> found = [];
        foreach (string path in Directory.GetFiles(directory).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            Find(SharedFile.Read(path), found);
        }

        return found;
    }

    private static void Find(ReadOnlySpan<byte> bytes, HashSet<int> found)
    {
        ReadOnlySpan<byte> start = "mark-"u8;
        const int Digits = 8;
        for (int at; (at = bytes.IndexOf(start)) >= 0; bytes = bytes[(at + start.Length)..])
        {
            ReadOnlySpan<byte> rest = bytes[(at + start.Length)..];
            if (rest.Length > Digits && rest[Digits] == ';' && !rest[..Digits].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            {
                found.Add(int.Parse(rest[..Digits], CultureInfo.InvariantCulture));
            }
        }
    }

    private readonly record struct Row(int Version, int KeyMark, int PayloadMark);
}
