using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Placement;

namespace FaceGrid.Cameras.Visitors;

/// <inheritdoc cref="IVisitorsGrain"/>
[RequireRole(Roles.People)]
[GrainType("visitors")]
public sealed class VisitorsGrain(IGrainFactory grains) : Grain, IVisitorsGrain
{
    /// <inheritdoc/>
    public async Task<MetVisitor> MeetAsync(Stranger stranger, CancellationToken cancellationToken)
    {
        string gallery = this.GetPrimaryKeyString()[IVisitorsGrain.KeyOf("").Length..];
        Probe[] probes = Array.ConvertAll(stranger.Faces, face => new Probe(face.Vector, face.Contract));
        if (await VisitorFinder.NearestAsync(grains, gallery, probes, stranger.Taken, cancellationToken) is { } known)
        {
            return known; // Another camera was faster.
        }

        // The id follows from the shot, so that a call whose answer was lost is repeated for the same visitor.
        string id = "visitor-" + stranger.Faces[0].Id[..16];
        try
        {
            IPersonGrain visitor = grains.GetGrain<IPersonGrain>(PersonKey.Of(gallery, id).ToString());
            await visitor.WriteAsync(new PersonWrite(null, null, stranger.Faces, Bulk: false), cancellationToken);
            return new MetVisitor(id, Distance: null);
        }
        catch (FaceGridException duplicate) when (duplicate is { Code: ErrorCodes.DuplicatePerson, LookAlike: { } other })
        {
            return new MetVisitor(other.Person, Distance: null);
        }
    }
}
