namespace FaceGrid.Storage.Sightings;

/// <summary>The time that the erasing of old sightings goes by, in microseconds since 1970.</summary>
/// <param name="Clock">The clock that sightings are recorded by.</param>
/// <param name="Reached">The time that retention has come to: the clock's, or an earlier one while it catches up.</param>
public readonly record struct RetentionTime(long Clock, long Reached);
