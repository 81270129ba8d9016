using System.Collections.Concurrent;
using FaceGrid.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Serialization;

namespace FaceGrid.Grains.Storage;

/// <summary>
/// Reads the rows of a list one by one, so that a damaged row does not stop the others. It is counted each time, and logged once for as
/// long as it stays as it is. Safe for concurrent use.
/// </summary>
/// <param name="serializer">The serializer that grain storage writes with.</param>
/// <param name="logger">Log.</param>
public sealed partial class RowReader<T>(Serializer<T> serializer, ILogger<RowReader<T>> logger)
    where T : class
{
    private readonly ConcurrentDictionary<string, int> _said = new(StringComparer.Ordinal);

    /// <summary>Reads a row and makes a value of it.</summary>
    /// <param name="row">The row.</param>
    /// <param name="make">Makes the value of the state.</param>
    /// <param name="made">The value; the default for a damaged row.</param>
    /// <param name="called">What the log calls the row, where its key is not for logs; else its key.</param>
    /// <returns>False for a damaged row: its bytes are no state, or no value can be made of it.</returns>
    public bool TryRead<TMade>(GrainRow row, Func<T, TMade> make, out TMade? made, string? called = null) =>
        TryRead(row.Key, row.Version, row.Payload, make, out made, called);

    /// <summary>Reads a row that belongs to no grain and makes a value of it.</summary>
    /// <param name="key">The row's key.</param>
    /// <param name="version">A number that changes when the row does.</param>
    /// <param name="payload">Its state.</param>
    /// <param name="make">Makes the value of the state.</param>
    /// <param name="made">The value; the default for a damaged row.</param>
    /// <param name="called">What the log calls the row, where its key is not for logs; else its key.</param>
    /// <returns>As above.</returns>
    public bool TryRead<TMade>(string key, int version, byte[] payload, Func<T, TMade> make, out TMade? made, string? called = null)
    {
        ArgumentNullException.ThrowIfNull(make);
        try
        {
            made = make(serializer.Deserialize(payload)!);
            _said.TryRemove(key, out _);
            return true;
        }
        catch (Exception damage) // Bytes that are no state fail in many ways, and nothing else can fail here.
        {
            GridMetrics.DamagedRows.Add(1);
            if (!_said.TryGetValue(key, out int said) || said != version)
            {
                _said[key] = version;
                LogDamaged(logger, called ?? key, damage);
            }

            made = default;
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The row {Key} is damaged and left out: restore it from a backup, or delete it (docs/operating.md)")]
    private static partial void LogDamaged(ILogger logger, string key, Exception damage);
}
