using FaceGrid.Storage;

namespace FaceGrid.Grains.Storage;

/// <summary>Rows whose keys begin alike. A prefix ends with a slash.</summary>
internal static class RowsByPrefix
{
    /// <summary>Streams them in key order.</summary>
    /// <param name="rows">All rows.</param>
    /// <param name="stateName">The name of the state.</param>
    /// <param name="prefix">How the keys begin.</param>
    /// <param name="after">A key behind which to begin; null for the first.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The rows, as of <see cref="IGrainRows.ReadRangeAsync"/>.</returns>
    public static IAsyncEnumerable<GrainRow> ReadAllAsync(
        this IGrainRows rows, string stateName, string prefix, string? after, CancellationToken cancellationToken) =>
        rows.ReadRangeAsync(stateName, after is null ? prefix : JustAfter(after), EndOf(prefix), cancellationToken);

    /// <summary>Deletes them, as <see cref="IGrainRows.DeleteRangeAsync"/> does.</summary>
    public static Task<long> DeleteAllAsync(
        this IGrainRows rows, string stateName, string prefix, CancellationToken cancellationToken) =>
        rows.DeleteRangeAsync(stateName, prefix, EndOf(prefix), cancellationToken);

    /// <summary>The end of a prefix's range, exclusive: '0' follows '/'.</summary>
    public static string EndOf(string prefix) => prefix[..^1] + "0";

    /// <summary>
    /// A key behind a given one and before every other: the added character is below every character of an id. It is not NUL, because
    /// PostgreSQL takes no NUL in a text.
    /// </summary>
    public static string JustAfter(string key) => key + "\u0001";
}
