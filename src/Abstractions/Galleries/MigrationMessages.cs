namespace FaceGrid.Abstractions.Galleries;

/// <summary>How far a gallery's migration to another model has come.</summary>
[GenerateSerializer]
[Alias("fg.migration-state")]
public enum MigrationState
{
    /// <summary>The old model is searched; vectors of the new one are made.</summary>
    Filling = 0,

    /// <summary>The old model is searched; a whole pass over the gallery found nothing more that could be made.</summary>
    Ready = 1,

    /// <summary>The new model is searched, the vectors of the old one are kept for a way back.</summary>
    Switched = 2,

    /// <summary>The vectors of the other model are being erased; this ends by itself.</summary>
    Finishing = 3,
}

/// <summary>A request to migrate a gallery to another model.</summary>
/// <param name="Embedder">Profile id of the new embedder, which a node of the grid must run as its second.</param>
/// <param name="VerifyThreshold">
/// Fixed distance for verify under the new model, 0 to 2; needed where the gallery has a fixed one now, because a distance of one model
/// means nothing for another.
/// </param>
/// <param name="IdentifyThreshold">The same for identify.</param>
[GenerateSerializer, Immutable]
[Alias("fg.migration-wish")]
public sealed record MigrationRequest(
    [property: Id(0)] string Embedder,
    [property: Id(1)] float? VerifyThreshold,
    [property: Id(2)] float? IdentifyThreshold);

/// <summary>A gallery's migration to another model.</summary>
/// <param name="State">How far it has come.</param>
/// <param name="From">The model that it leaves.</param>
/// <param name="To">The model that it migrates to.</param>
/// <param name="StartedAt">When it was begun, UTC.</param>
/// <param name="ContractRevision">The revision of this state; each step names the revision that it is meant for.</param>
/// <param name="Progress">What was found, or null while no pass has been made since the node started.</param>
[GenerateSerializer, Immutable]
[Alias("fg.migration-info")]
public sealed record MigrationInfo(
    [property: Id(0)] MigrationState State,
    [property: Id(1)] Contract From,
    [property: Id(2)] Contract To,
    [property: Id(3)] DateTimeOffset StartedAt,
    [property: Id(4)] int ContractRevision,
    [property: Id(5)] MigrationProgress? Progress);

/// <summary>What the last complete pass over the people found; while the first is under way, what it has found so far.</summary>
/// <param name="People">People looked at.</param>
/// <param name="Whole">Of these, people all of whose faces have vectors of both models.</param>
/// <param name="Lacking">
/// Of these, people with a face without a vector of the model that is not searched, of which none could be made: no cut-out was kept, or
/// it could not be read. They need enrolling again.
/// </param>
/// <param name="Problem">Why vectors cannot be made now, or null: no node runs the model, or all are busy.</param>
[GenerateSerializer, Immutable]
[Alias("fg.migration-progress")]
public sealed record MigrationProgress(
    [property: Id(0)] long People,
    [property: Id(1)] long Whole,
    [property: Id(2)] long Lacking,
    [property: Id(3)] string? Problem);

/// <summary>A person of whom a model lacks vectors.</summary>
/// <param name="Person">Person id.</param>
/// <param name="Faces">Faces enrolled, those in quarantine included.</param>
/// <param name="Lacking">Of these, faces without a vector.</param>
/// <param name="Findable">True when the person has another face with a vector, and so is found all the same.</param>
[GenerateSerializer, Immutable]
[Alias("fg.lacking-person")]
public sealed record LackingPerson(
    [property: Id(0)] string Person,
    [property: Id(1)] int Faces,
    [property: Id(2)] int Lacking,
    [property: Id(3)] bool Findable);

/// <summary>A page of people who need enrolling again.</summary>
/// <param name="People">In the order of their rows.</param>
/// <param name="Next">
/// Pass as <c>after</c> to get the next page; null at the end. A page may be short, even empty, and still have a next one.
/// </param>
[GenerateSerializer, Immutable]
[Alias("fg.lacking-page")]
public sealed record LackingPage(
    [property: Id(0)] LackingPerson[] People,
    [property: Id(1)] string? Next);
