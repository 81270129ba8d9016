using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;

namespace FaceGrid.Grains.People;

// The report is worked out anew for each page: there is nothing to keep up to date and nothing to go stale.
public sealed partial class CurationGrain
{
    private const int FacesPerPageMax = 2_000;
    private const int LookAlikesMax = 8;
    private const int ProbesAtOnce = 512;

    /// <inheritdoc/>
    public async Task<ReportPage> ReportAsync(string gallery, string? after, int limit, bool lookAlikes, CancellationToken cancellationToken)
    {
        GalleryMap map = await maps.GetAsync(gallery, fresh: false, cancellationToken);
        (List<(string Person, PersonState State)> people, string? next) = await ReadAsync(gallery, map, after, limit, cancellationToken);
        (Dictionary<string, LookAlike[]> alike, bool complete) = lookAlikes ? await LookAlikesAsync(gallery, people, cancellationToken) : ([], true);
        QualityLimits limits = map.Enrolment?.Quality is { } own && own != QualityLimits.Off ? own : QualityLimits.Standard;
        PersonReport[] reports = [.. people
            .Select(one => new PersonReport(one.Person, FacesOf(one.State, limits, map.Verify), alike.GetValueOrDefault(one.Person, []), one.State.MergingInto))
            .Where(report => report.Faces.Length > 0 || report.LookAlikes.Length > 0 || report.MergingInto is not null)];
        return new ReportPage(reports, people.Count, complete, next);
    }

    private async Task<(List<(string Person, PersonState State)> People, string? Next)> ReadAsync(
        string gallery, GalleryMap map, string? after, int limit, CancellationToken cancellationToken)
    {
        var people = new List<(string, PersonState)>();
        int faces = 0;
        string last = "";
        await foreach (GrainRow row in rows.ReadAllAsync(StateNames.Person, gallery + "/", after is null ? null : PersonKey.Of(gallery, after).ToString(), cancellationToken))
        {
            if (people.Count == limit || faces > FacesPerPageMax)
            {
                return (people, last);
            }

            last = PersonKey.Parse(row.Key).Person;
            if (reader.State(row) is { } state && state.Epoch == map.Epoch)
            {
                people.Add((last, state.ArrangedFor(map)));
                faces += state.Faces.Count;
            }
        }

        return (people, null);
    }

    private static FaceReport[] FacesOf(PersonState state, QualityLimits limits, Threshold? verify)
    {
        FaceState[] searched = [.. state.Faces.Where(face => face.IsSearched)];
        var reports = new List<FaceReport>();
        foreach (FaceState face in state.Faces)
        {
            float own = face.Vector.Length == 0 ? float.PositiveInfinity : MathF.Sqrt(searched.Where(other => !ReferenceEquals(other, face)).Select(other => Usefulness.SquaredDistance(face, other)).Append(float.PositiveInfinity).Min());
            string[] reasons = face.Quality is null ? [] : limits.ReasonsAgainst(face.Quality, face.Confidence);
            (bool Holds, string Finding)[] findings =
            [
                (face.IsQuarantined, "quarantined"),
                (face.Vector.Length == 0, "no-template"),
                (face.Review is { Unchecked: true }, "unchecked"),
                (reasons.Length > 0, "poor"),
                (face.IsSearched && float.IsFinite(own) && own > verify?.Distance, "lonely"),
            ];
            if (Array.Exists(findings, finding => finding.Holds))
            {
                reports.Add(new FaceReport(
                    face.Id,
                    [.. findings.Where(finding => finding.Holds).Select(finding => finding.Finding)],
                    reasons,
                    face.IsQuarantined ? face.Review?.LookAlike : null,
                    float.IsFinite(own) ? own : null));
            }
        }

        return [.. reports];
    }

    private async Task<(Dictionary<string, LookAlike[]> Alike, bool Complete)> LookAlikesAsync(
        string gallery, List<(string Person, PersonState State)> people, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, Dictionary<string, LookAlike>>(StringComparer.Ordinal);
        bool complete = true;
        IEnumerable<(string Person, PersonState State, FaceState Face)> faces = people.SelectMany(one => one.State.Faces.Where(face => face.IsSearched).Select(face => (one.Person, one.State, face)));
        foreach ((string Person, PersonState State, FaceState Face)[] few in faces.Chunk(ProbesAtOnce))
        {
            int limit = 1 + LookAlikesMax + few.Max(one => one.State.DifferentFrom?.Count ?? 0);
            var request = new IdentifyRequest(gallery, [.. few.Select(one => new Probe(one.Face.Vector, one.State.Contract))], limit, Threshold: null, AllowPartial: true);
            IdentifyAnswer answer = await IIdentifyGrain.Any(GrainFactory).IdentifyAsync(request, cancellationToken);
            complete &= answer.ShardsAnswered == answer.ShardsAsked && !answer.Threshold.IsNone;
            for (int i = 0; i < few.Length && !answer.Threshold.IsNone; i++)
            {
                foreach (Candidate other in answer.Answers[i].Candidates.Where(other => other.Distance <= answer.Threshold.Distance))
                {
                    if (other.Person != few[i].Person && few[i].State.DifferentFrom?.Contains(other.Person) != true)
                    {
                        Keep(found, few[i].Person, new LookAlike(other.Person, other.FaceId, other.Distance));
                    }
                }
            }
        }

        return (found.ToDictionary(
            pair => pair.Key,
            pair => pair.Value.Values.OrderBy(other => other.Distance).ThenBy(other => other.Person, StringComparer.Ordinal).Take(LookAlikesMax).ToArray(),
            StringComparer.Ordinal), complete);
    }

    private static void Keep(Dictionary<string, Dictionary<string, LookAlike>> found, string person, LookAlike other)
    {
        Dictionary<string, LookAlike> others = found.TryGetValue(person, out var known) ? known : found[person] = new(StringComparer.Ordinal);
        if (!others.TryGetValue(other.Person, out LookAlike? before) || other.Distance < before.Distance)
        {
            others[other.Person] = other;
        }
    }
}
