using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Grains.Storage;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.Galleries;

/// <summary>
/// The work of a migration goes over everybody, again and again. What is done is in the people's own rows, so the next pass finds what
/// broke off undone, and nothing has to be remembered.
/// </summary>
/// <param name="gallery">Gallery id.</param>
/// <param name="row">The gallery's row.</param>
/// <param name="passes">Makes vectors, and erases them.</param>
/// <param name="tidied">Called with the map of a pass that found nothing left to erase.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Log.</param>
internal sealed class MigrationWork(
    string gallery, GalleryRow row, IMigrationPasses passes, Action<GalleryMap> tidied, TimeProvider time, ILogger logger)
{
    // When nothing is left to do, looking again costs a read of all rows: a twentieth of the time at most.
    private const int RestFactor = 20;
    private static readonly TimeSpan RestMin = TimeSpan.FromSeconds(5);

    private bool _atWork;
    private long _restsSince;
    private TimeSpan _rest;

    /// <summary>What the passes have found since the last new contract revision; null for nothing yet.</summary>
    public MigrationReport? Report { get; private set; }

    /// <summary>Forgets what was found: it was about other contracts.</summary>
    public void Forget() => Report = null;

    /// <summary>Has the next call of <see cref="RunAsync"/> look again at once.</summary>
    public void Hurry() => _rest = TimeSpan.Zero;

    /// <summary>
    /// Makes one pass, unless one is under way or it is too early for another. Failures are logged, and the next call tries again.
    /// </summary>
    /// <param name="cancellationToken">Ends the pass; what it has done stays done.</param>
    /// <returns>When the pass has ended.</returns>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_atWork || row.Map is not { } map || row.State.Migration is not { } migration || time.GetElapsedTime(_restsSince) < _rest)
        {
            return;
        }

        _atWork = true;
        try
        {
            await PassAsync(map, migration, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (IsCurrent(map) && failure is FaceGridException problem)
            {
                MigrationProgress found = Report?.Progress ?? new MigrationProgress(0, 0, 0, null);
                Report = new MigrationReport(found with { Problem = problem.Message }, Report?.Passed == true, Complete: false);
            }

            GridMetrics.MigrationFailures.Add(1);
            GalleryLog.MigrationFailed(logger, gallery, failure);
        }
        finally
        {
            _atWork = false;
        }
    }

    private async Task PassAsync(GalleryMap map, StoredMigration migration, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        if (migration.State == MigrationState.Finishing)
        {
            if (await passes.TidyAsync(map, cancellationToken))
            {
                tidied(map);
            }

            return;
        }

        (MigrationProgress found, bool made) = await passes.FillAsync(
            map, migration.Other.Contract, part => Note(map, part), cancellationToken);
        if (IsCurrent(map))
        {
            Report = new MigrationReport(found, Passed: true, Complete: !made);
        }

        TimeSpan took = time.GetElapsedTime(start);
        _rest = made ? TimeSpan.Zero : took * RestFactor > RestMin ? took * RestFactor : RestMin;
        _restsSince = time.GetTimestamp();
    }

    /// <summary>Notes how far a pass has come, and ends it when its contracts are not in force any more.</summary>
    private void Note(GalleryMap map, MigrationProgress part)
    {
        if (!IsCurrent(map))
        {
            // The rest would be for a state that is no more.
            throw new OperationCanceledException("The gallery has another contract revision now.");
        }

        if (Report is not { Passed: true })
        {
            Report = new MigrationReport(part, Passed: false, Complete: false);
        }
    }

    private bool IsCurrent(GalleryMap map) => row.State.ContractRevision == map.ContractRevision;
}
