using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;

namespace FaceGrid.Abstractions.Galleries;

/// <summary>What happens when a new person looks like an enrolled one.</summary>
[GenerateSerializer]
[Alias("fg.duplicate-rule")]
public enum DuplicateRule
{
    /// <summary>It is not checked.</summary>
    Allow = 0,

    /// <summary>The person is enrolled; the answer and the stored face name the person who looks alike.</summary>
    Warn = 1,

    /// <summary>The enrolment is refused with <see cref="ErrorCodes.DuplicatePerson"/>.</summary>
    Reject = 2,
}

/// <summary>What happens when a face fits somebody else better than the person it is enrolled for.</summary>
[GenerateSerializer]
[Alias("fg.consistency-rule")]
public enum ConsistencyRule
{
    /// <summary>It is not checked.</summary>
    Off = 0,

    /// <summary>The face is stored, but neither searched nor used by verify until it is released.</summary>
    Quarantine = 1,
}

/// <summary>
/// How a gallery keeps itself clean when faces are enrolled. In settings a null member means "keep"; in force it means the default, which
/// checks nothing.
/// </summary>
/// <param name="Quality">Limits for faces of pictures; default <see cref="QualityLimits.Off"/>.</param>
/// <param name="Duplicates">
/// Default <see cref="DuplicateRule.Allow"/>. Costs a search for a new person, two with <see cref="DuplicateRule.Reject"/>.
/// </param>
/// <param name="Consistency">Default <see cref="ConsistencyRule.Off"/>. Costs a search for each face of a known person.</param>
/// <param name="FacesMax">
/// Faces per person past which the least useful one is replaced, 1 up to the node's own limit. With 0, the default, nothing is replaced,
/// and faces past the node's limit are refused.
/// </param>
[GenerateSerializer, Immutable]
[Alias("fg.enrolment-policy")]
public sealed record EnrolmentPolicy(
    [property: Id(0)] QualityLimits? Quality,
    [property: Id(1)] DuplicateRule? Duplicates,
    [property: Id(2)] ConsistencyRule? Consistency,
    [property: Id(3)] int? FacesMax)
{
    /// <summary>Checks nothing.</summary>
    public static EnrolmentPolicy None { get; } = new(null, null, null, null);

    /// <summary>
    /// True to keep an aligned cut-out of each face that comes from a picture, so that the gallery can migrate to another model without
    /// asking for pictures again. Cut-outs are pictures of people: the default is false, and setting it back to false erases all that
    /// were kept.
    /// </summary>
    [Id(40)]
    public bool? Crops { get; init; }

    /// <summary>This policy, with the members of another where this one has null.</summary>
    /// <param name="before">The other one, or null.</param>
    /// <returns>Both in one.</returns>
    public EnrolmentPolicy Over(EnrolmentPolicy? before) => new(
        Quality ?? before?.Quality, Duplicates ?? before?.Duplicates, Consistency ?? before?.Consistency, FacesMax ?? before?.FacesMax)
    {
        Crops = Crops ?? before?.Crops,
    };
}
