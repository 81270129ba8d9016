using System.Diagnostics;
using FaceGrid.Abstractions.Errors;

namespace FaceGrid.Grains.Storage;

/// <summary>What the database is asked for, as the metrics name it.</summary>
internal static class StorageOperation
{
    /// <summary>A grain reads its row.</summary>
    public const string Read = "read";

    /// <summary>A grain writes its row.</summary>
    public const string Write = "write";

    /// <summary>A grain deletes its row.</summary>
    public const string Clear = "clear";

    /// <summary>
    /// Rows of a range are read: loads, self-checks, lists. The time is that of the database, without what is done with the rows.
    /// </summary>
    public const string ReadRange = "read-range";

    /// <summary>One row is read outside its grain.</summary>
    public const string ReadRow = "read-row";

    /// <summary>Rows of a range are counted.</summary>
    public const string Count = "count";

    /// <summary>Rows of a range are deleted.</summary>
    public const string DeleteRange = "delete-range";

    /// <summary>What deleted rows left in the files is overwritten.</summary>
    public const string Erase = "erase";

    /// <summary>A visit is written, with its event and its picture.</summary>
    public const string RecordSighting = "record-sighting";

    /// <summary>Visits are read or listed, or a picture is read.</summary>
    public const string ReadSightings = "read-sightings";

    /// <summary>Events are read, or looked for.</summary>
    public const string ReadEvents = "read-events";

    /// <summary>Visits and events are erased.</summary>
    public const string EraseSightings = "erase-sightings";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Read, Write, Clear, ReadRange, ReadRow, Count, DeleteRange, Erase, RecordSighting, ReadSightings, ReadEvents, EraseSightings];

    /// <summary>Runs an operation, measures it, and turns failures into <see cref="ErrorCodes.StorageUnavailable"/>.</summary>
    /// <param name="operation">One of the names above.</param>
    /// <param name="run">Begins it.</param>
    /// <param name="isFailure">Which exceptions are the database's failures; others pass as they are.</param>
    /// <returns>What the operation returned.</returns>
    public static async Task<T> RunAsync<T>(string operation, Func<Task<T>> run, Func<Exception, bool> isFailure)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            return await run();
        }
        catch (Exception failure) when (isFailure(failure))
        {
            StorageMetrics.Failures.AddOne(operation);
            throw CheckedGrainStorage.Unavailable(failure);
        }
        finally
        {
            StorageMetrics.Record(operation, Stopwatch.GetElapsedTime(start));
        }
    }
}
