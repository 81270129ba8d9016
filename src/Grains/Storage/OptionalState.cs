namespace FaceGrid.Grains.Storage;

/// <summary>
/// A state without which a grain can work. When its row is damaged, the row is deleted and the grain starts with an empty state. Any other
/// grain would not start at all.
/// </summary>
/// <param name="Name">The name under which the state is stored.</param>
public sealed record OptionalState(string Name);
