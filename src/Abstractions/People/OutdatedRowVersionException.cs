namespace FaceGrid.Abstractions.People;

/// <summary>
/// A person has changed since their row version was read: see <see cref="IPersonGrain.GetRowVersionAsync"/>. Nothing was done. To do it all
/// the same, read the row version again.
/// </summary>
[GenerateSerializer]
[Alias("fg.outdated-mark")]
public sealed class OutdatedRowVersionException() : OrleansException("The person has changed since their row version was read.");
