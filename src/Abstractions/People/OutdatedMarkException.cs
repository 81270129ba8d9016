namespace FaceGrid.Abstractions.People;

/// <summary>A person has changed since their mark was read: see <see cref="IPersonGrain.GetMarkAsync"/>. Nothing was done; who still wants it done reads the mark again.</summary>
[GenerateSerializer]
[Alias("fg.outdated-mark")]
public sealed class OutdatedMarkException() : OrleansException("The person has changed since their mark was read.");
