using Orleans.Concurrency;

namespace FaceGrid.Grains.People;

/// <summary>What a person's grain does for other grains, not for callers. Key: <see cref="PersonKey"/>; the same grain as <see cref="IPersonGrain"/>.</summary>
[Alias("fg.IPersonPeerGrain")]
public interface IPersonPeerGrain : IGrainWithStringKey
{
    /// <summary>
    /// Two new people who look alike found each other, each after its own row was durable: which of them stays? The one that is settled, or, when neither is, the one with the smaller id. Answers also
    /// while a turn is under way, for the two may ask each other.
    /// </summary>
    /// <param name="rival">The one who asks, as this person would name them.</param>
    /// <returns>True when this person stays, and the rival has to give way.</returns>
    [Alias("Contest")]
    [AlwaysInterleave]
    Task<bool> ContestAsync(LookAlike rival);
}
