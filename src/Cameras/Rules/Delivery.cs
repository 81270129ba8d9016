using FaceGrid.Abstractions.Sightings;

namespace FaceGrid.Cameras.Rules;

/// <summary>An event as a target gets it.</summary>
/// <param name="Id">Always the same for the same rule and event, so that a target notices a repetition.</param>
/// <param name="Rule">Rule id.</param>
/// <param name="Moment"><c>begun</c> or <c>ended</c>.</param>
/// <param name="Position">The event.</param>
/// <param name="Sighting">The visit as it stood.</param>
/// <param name="Picture">Address of its picture, or null.</param>
internal sealed record Delivery(string Id, string Rule, string Moment, long Position, Sighting Sighting, string? Picture);
