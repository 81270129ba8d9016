using System.Globalization;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Storage;
using FaceGrid.Storage.Sightings;
using Orleans.Concurrency;

namespace FaceGrid.Cameras.Sightings;

/// <inheritdoc cref="ISightingReaderGrain"/>
[StatelessWorker]
[Reentrant]
[GrainType("sightingreader")]
internal sealed class SightingReaderGrain(
    ISightingRows rows, IGrainRows files, SightingConverter converter, SightingFeed feed) : Grain, ISightingReaderGrain
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public async Task<SightingPage> ListAsync(SightingQuery query, string? after, int limit, CancellationToken cancellationToken)
    {
        SightingFilter filter = SightingConverter.Filter(query);
        if (after is not null)
        {
            (long firstSeen, string id) = ReadCursor(after);
            filter = filter with { AfterFirstSeen = firstSeen, AfterId = id };
        }

        IReadOnlyList<SightingRow> found = await rows.ListAsync(filter, limit + 1, cancellationToken);
        SightingRow[] page = [.. found.Take(limit)];
        return new SightingPage([.. page.Select(converter.Sighting).OfType<Sighting>()], found.Count > limit ? Cursor(page[^1]) : null);
    }

    /// <inheritdoc/>
    public async Task<Sighting?> GetAsync(string id, CancellationToken cancellationToken)
    {
        SightingRow? row = await rows.ReadAsync(id, cancellationToken);
        return row is null ? null : converter.Sighting(row) ?? throw new FaceGridException(
            ErrorCodes.RowDamaged, "The row of this sighting is damaged: restore it from a backup, or delete it.");
    }

    /// <inheritdoc/>
    public Task<byte[]?> GetPictureAsync(string id, CancellationToken cancellationToken) => rows.ReadPictureAsync(id, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        bool existed = await rows.EraseAsync(id, cancellationToken);
        // Also when there was none: an earlier call may have ended between its row and this.
        await files.EraseFreePagesAsync(cancellationToken);
        return existed;
    }

    /// <inheritdoc/>
    public Task<SightingEvents> ReadEventsAsync(long after, int limit, TimeSpan wait, CancellationToken cancellationToken) =>
        feed.ReadAsync(after, limit, wait < WaitMax ? wait : WaitMax, cancellationToken);

    private static string Cursor(SightingRow row) => string.Create(CultureInfo.InvariantCulture, $"{row.FirstSeen}-{row.Id}");

    private static (long FirstSeen, string Id) ReadCursor(string cursor)
    {
        int dash = cursor.IndexOf('-', 1); // A time before 1970 has a sign.
        return dash > 0
            && long.TryParse(cursor.AsSpan(0, dash), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long firstSeen)
            && cursor[(dash + 1)..] is { Length: 32 } id
            && id.All(char.IsAsciiHexDigit)
            ? (firstSeen, id)
            : throw new FaceGridException(ErrorCodes.InvalidParameter, "after is the value of next of the page before.");
    }
}
