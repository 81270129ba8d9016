using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Maps;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;

namespace FaceGrid.Grains.People;

/// <summary>
/// The report of what an operator should look at in a gallery. It is worked out anew for each page: there is nothing to keep up to date and
/// nothing to go stale.
/// </summary>
/// <param name="rows">Rows of people.</param>
/// <param name="reader">Reads them.</param>
/// <param name="maps">Gallery maps.</param>
/// <param name="grains">Finds the search.</param>
internal sealed class CurationReport(IGrainRows rows, PersonRowReader reader, GalleryMaps maps, IGrainFactory grains)
{
    private const int FacesPerPageMax = 2_000;
    private const int LookAlikesMax = 8;
    private const int ProbesAtOnce = 512;

    /// <inheritdoc cref="ICurationGrain.ReportAsync"/>
    public async Task<ReportPage> ReadAsync(string gallery, string? after, int limit, bool lookAlikes, CancellationToken cancellationToken)
    {
        GalleryMap map = await maps.GetAsync(gallery, fresh: false, cancellationToken);
        (List<ReportedPerson> people, string? next) = await ReadPeopleAsync(gallery, map, after, limit, cancellationToken);
        (Dictionary<string, LookAlike[]> alike, bool complete) =
            lookAlikes ? await FindLookAlikesAsync(gallery, people, cancellationToken) : ([], true);
        QualityLimits limits = map.Enrolment?.Quality is { } own && own != QualityLimits.Off ? own : QualityLimits.Standard;
        PersonReport[] reports = [.. people
            .Select(one => new PersonReport(
                one.Person, FaceFindings.Of(one.State, limits, map.Verify), alike.GetValueOrDefault(one.Person, []), one.State.MergingInto))
            .Where(report => report.Faces.Length > 0 || report.LookAlikes.Length > 0 || report.MergingInto is not null)];
        return new ReportPage(reports, people.Count, complete, next);
    }

    private async Task<(List<ReportedPerson> People, string? Next)> ReadPeopleAsync(
        string gallery, GalleryMap map, string? after, int limit, CancellationToken cancellationToken)
    {
        var people = new List<ReportedPerson>();
        int faces = 0;
        string last = "";
        string? afterRow = after is null ? null : PersonKey.Of(gallery, after).ToString();
        await foreach (GrainRow row in rows.ReadAllAsync(StateNames.Person, gallery + "/", afterRow, cancellationToken))
        {
            if (people.Count == limit || faces > FacesPerPageMax)
            {
                return (people, last);
            }

            last = PersonKey.Parse(row.Key).Person;
            if (reader.State(row) is { } state && state.Epoch == map.Epoch)
            {
                people.Add(new ReportedPerson(last, state.ArrangedFor(map)));
                faces += state.Faces.Count;
            }
        }

        return (people, null);
    }

    private async Task<(Dictionary<string, LookAlike[]> Alike, bool Complete)> FindLookAlikesAsync(
        string gallery, List<ReportedPerson> people, CancellationToken cancellationToken)
    {
        var nearest = new LookAlikes(LookAlikesMax);
        bool complete = true;
        IEnumerable<(ReportedPerson Of, FaceState Face)> faces =
            people.SelectMany(one => one.State.Faces.Where(face => face.IsSearched).Select(face => (one, face)));
        foreach ((ReportedPerson Of, FaceState Face)[] few in faces.Chunk(ProbesAtOnce))
        {
            int limit = 1 + LookAlikesMax + few.Max(one => one.Of.State.DifferentFrom?.Count ?? 0);
            Probe[] probes = [.. few.Select(one => new Probe(one.Face.Vector, one.Of.State.Contract))];
            var request = new IdentifyRequest(gallery, probes, limit, Threshold: null, AllowPartial: true);
            IdentifyAnswer answer = await IIdentifyGrain.Any(grains).IdentifyAsync(request, cancellationToken);
            complete &= answer.ShardsAnswered == answer.ShardsAsked && !answer.Threshold.IsNone;
            for (int i = 0; i < few.Length && !answer.Threshold.IsNone; i++)
            {
                (string person, PersonState state) = few[i].Of;
                foreach (Candidate other in answer.Answers[i].Candidates.Where(other => answer.Threshold.Matches(other.Distance)))
                {
                    if (other.Person != person && state.DifferentFrom?.Contains(other.Person) != true)
                    {
                        nearest.Add(person, new LookAlike(other.Person, other.FaceId, other.Distance));
                    }
                }
            }
        }

        return (nearest.ToDictionary(), complete);
    }

    private sealed record ReportedPerson(string Person, PersonState State);
}
