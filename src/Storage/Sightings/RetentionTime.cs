namespace FaceGrid.Storage.Sightings;

/// <summary>The times by which old sightings are erased, in microseconds since 1970.</summary>
/// <param name="Clock">The clock that gives sightings their times.</param>
/// <param name="Reached">The time that retention has reached: the clock's, or an earlier one while it catches up.</param>
public readonly record struct RetentionTime(long Clock, long Reached);
