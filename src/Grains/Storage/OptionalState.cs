namespace FaceGrid.Grains.Storage;

/// <summary>
/// A state that a grain can do without. When its row is damaged, the row is deleted and the grain starts with an empty state,
/// instead of not starting at all.
/// </summary>
/// <param name="Name">The name under which the state is stored.</param>
public sealed record OptionalState(string Name);
