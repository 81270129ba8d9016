namespace FaceGrid.Abstractions.People;

/// <summary>A person has changed since their row version was read: see <see cref="IPersonGrain.GetRowVersionAsync"/>. Nothing was done; who still wants it done reads the row version again.</summary>
[GenerateSerializer]
[Alias("fg.outdated-mark")]
public sealed class OutdatedRowVersionException() : OrleansException("The person has changed since their row version was read.");
