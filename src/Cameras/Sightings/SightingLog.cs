using FaceGrid.Abstractions.Sightings;
using FaceGrid.Storage;
using FaceGrid.Storage.Sightings;

namespace FaceGrid.Cameras.Sightings;

/// <inheritdoc cref="ISightingLog"/>
internal sealed class SightingLog(
    ISightingRows rows, IGrainRows files, SightingConverter converter, SightingFeed feed, TimeProvider time) : ISightingLog
{
    /// <summary>Bytes of one picture.</summary>
    private const int PictureBytesMax = 256 << 10;

    /// <summary>More than a camera leaves open: the book of visits ends the oldest of 512.</summary>
    private const int PresentMax = 1_000;

    /// <inheritdoc/>
    public async Task RecordAsync(Sighting sighting, byte[]? picture, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sighting);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(picture?.Length ?? 0, PictureBytesMax);
        Sighting written = sighting with { HasPicture = sighting.HasPicture || picture is not null };
        (SightingRow row, string? personRow) = converter.Row(written, time.GetUtcNow());
        SightingOutcome outcome = await rows.RecordAsync(row, personRow, picture, cancellationToken);
        CameraMetrics.Sightings.AddOne(outcome switch
        {
            SightingOutcome.Written => "written",
            SightingOutcome.Known => "known",
            _ => "person-gone",
        });
        if (outcome == SightingOutcome.Written)
        {
            feed.Nudge();
        }
        else if (outcome == SightingOutcome.PersonGone)
        {
            await files.EraseFreePagesAsync(cancellationToken); // An earlier revision of the visit may be in the files.
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Sighting>> PresentAsync(string camera, CancellationToken cancellationToken)
    {
        var present = new SightingFilter(camera, Status: (int)SightingStatus.Present);
        return [.. (await rows.ListAsync(present, PresentMax, cancellationToken)).Select(converter.Sighting).OfType<Sighting>()];
    }
}
