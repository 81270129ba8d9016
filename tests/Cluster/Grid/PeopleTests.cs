using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Storage;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Goal: what is acknowledged is durable and searchable at once, and what is deleted is gone. Method: grains in one process on a real
/// SQLite file.
/// </summary>
public sealed class PeopleTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TemporaryDirectory _directory = new();
    private readonly Random _random = new(7);
    private GridCluster _grid = null!;

    public async ValueTask InitializeAsync()
    {
        _grid = await GridCluster.StartAsync(_directory.Path);
        await _grid.CreateGalleryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _grid.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task An_acknowledged_person_is_found_by_the_next_identify()
    {
        for (int i = 0; i < 50; i++)
        {
            float[] vector = GridCluster.RandomUnit(_random);
            WriteResult written = await _grid.EnrolAsync($"p{i}", vector);
            written.Created.ShouldBeTrue();
            written.Searchable.ShouldBeTrue();
            IdentifyAnswer answer = await _grid.IdentifyAsync(vector);
            answer.Answers[0].Person.ShouldBe($"p{i}");
            answer.Answers[0].Candidates[0].Distance.ShouldBe(0);
            answer.ShardsAnswered.ShouldBe(answer.ShardsAsked);
        }
    }

    [Fact]
    public async Task Enrolling_the_same_bytes_again_changes_nothing()
    {
        float[] vector = GridCluster.RandomUnit(_random);
        WriteResult first = await _grid.EnrolAsync("ada", vector);
        WriteResult second = await _grid.EnrolAsync("ada", vector);
        second.Created.ShouldBeFalse();
        second.Person.Revision.ShouldBe(first.Person.Revision);
        second.Person.Faces.Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_deleted_person_is_neither_found_nor_stored()
    {
        float[] vector = GridCluster.RandomUnit(_random);
        await _grid.EnrolAsync("ada", vector);
        (await _grid.Person("ada").DeleteAsync(null, None)).ShouldBeTrue();
        (await _grid.IdentifyAsync(vector)).Answers[0].Candidates.ShouldBeEmpty();
        (await _grid.Person("ada").GetAsync(vectors: true, None)).ShouldBeNull();
        (await _grid.Database.CountAsync(StateNames.Person, "", "~", None)).ShouldBe(0);
        (await _grid.Person("ada").DeleteAsync(null, None)).ShouldBeFalse();

        byte[] template = Vectors.ToBytes(vector);
        foreach (string file in Directory.GetFiles(_directory.Path, "facegrid.db*"))
        {
            ReadShared(file).AsSpan().IndexOf(template).ShouldBe(-1, $"the template is still in {Path.GetFileName(file)}");
        }
    }

    [Fact]
    public async Task A_person_enrolled_again_after_deletion_is_found()
    {
        float[] vector = GridCluster.RandomUnit(_random);
        for (int round = 0; round < 5; round++)
        {
            await _grid.EnrolAsync("ada", vector);
            (await _grid.IdentifyAsync(vector)).Answers[0].Person.ShouldBe("ada");
            await _grid.Person("ada").DeleteAsync(null, None);
            (await _grid.IdentifyAsync(vector)).Answers[0].Person.ShouldBeNull();
        }
    }

    [Fact]
    public async Task A_call_that_was_given_up_and_arrives_late_does_not_undo_a_later_write()
    {
        float[] vector = GridCluster.RandomUnit(_random), other = GridCluster.RandomUnit(_random);
        IPersonGrain ada = _grid.Person("ada");
        PersonWrite enrol = new(null, null, [GridCluster.Face(vector)], Bulk: false, await ada.GetRowVersionAsync());
        await ada.WriteAsync(enrol, None);
        long enrolled = await ada.GetRowVersionAsync();
        (await ada.DeleteAsync(enrolled, None)).ShouldBeTrue();
        await Should.ThrowAsync<OutdatedRowVersionException>(ada.WriteAsync(enrol, None));
        (await _grid.IdentifyAsync(vector)).Answers[0].Candidates.ShouldBeEmpty();

        await ada.WriteAsync(new PersonWrite(null, null, [GridCluster.Face(other)], Bulk: false, await ada.GetRowVersionAsync()), None);
        await Should.ThrowAsync<OutdatedRowVersionException>(ada.WriteAsync(enrol, None));
        await Should.ThrowAsync<OutdatedRowVersionException>(ada.DeleteAsync(enrolled, None));
        await Should.ThrowAsync<OutdatedRowVersionException>(ada.RemoveFaceAsync(GridCluster.Face(other).Id, enrolled, None));
        (await _grid.IdentifyAsync(other)).Answers[0].Person.ShouldBe("ada");
        (await ada.GetAsync(vectors: false, None))!.Faces.Length.ShouldBe(1);
    }

    [Fact]
    public async Task Verify_takes_the_nearest_of_several_faces()
    {
        float[] a = GridCluster.RandomUnit(_random);
        float[] b = GridCluster.RandomUnit(_random);
        await _grid.EnrolAsync("ada", a);
        await _grid.EnrolAsync("ada", b);
        VerifyResult same = await _grid.Person("ada").VerifyAsync(new Probe(Vectors.ToBytes(b), null), None);
        same.Match.ShouldBeTrue();
        same.Distance.ShouldBe(0);
        same.FaceId.ShouldBe(GridCluster.Face(b).Id);
        same.Threshold.Origin.ShouldBe("gallery");
        (await _grid.Person("ada").VerifyAsync(new Probe(Vectors.ToBytes(GridCluster.RandomUnit(_random)), null), None))
            .Match.ShouldBeFalse();
    }

    [Fact]
    public async Task Removing_a_face_takes_it_out_of_the_search()
    {
        float[] a = GridCluster.RandomUnit(_random);
        float[] b = GridCluster.RandomUnit(_random);
        await _grid.EnrolAsync("ada", a);
        await _grid.EnrolAsync("ada", b);
        await _grid.Person("ada").RemoveFaceAsync(GridCluster.Face(a).Id, null, None);
        Candidate candidate = (await _grid.IdentifyAsync(b)).Answers[0].Candidates.ShouldHaveSingleItem();
        candidate.FaceId.ShouldBe(GridCluster.Face(b).Id);
        (await _grid.IdentifyAsync(a)).Answers[0].Candidates[0].Distance.ShouldBeGreaterThan(0.1f);
    }

    [Theory]
    [InlineData(ErrorCodes.WrongDimension)]
    [InlineData(ErrorCodes.NotFinite)]
    [InlineData(ErrorCodes.ZeroNorm)]
    [InlineData(ErrorCodes.ContractMismatch)]
    public async Task A_vector_that_cannot_be_compared_is_refused_everywhere(string code)
    {
        await _grid.EnrolAsync("ada", GridCluster.RandomUnit(_random));
        float[] bad = code switch
        {
            ErrorCodes.WrongDimension => new float[GridCluster.Dimension + 1],
            ErrorCodes.NotFinite => [.. GridCluster.RandomUnit(_random)[1..], float.NaN],
            ErrorCodes.ZeroNorm => new float[GridCluster.Dimension],
            _ => GridCluster.RandomUnit(_random),
        };
        string? contract = code == ErrorCodes.ContractMismatch ? "other@2" : null;
        var probe = new Probe(Vectors.ToBytes(bad), contract);
        var request = new IdentifyRequest(GridCluster.Gallery, [probe], 1, null, AllowPartial: false);
        Task[] refused =
        [
            _grid.Person("ada").VerifyAsync(probe, None),
            _grid.Grains.GetGrain<IIdentifyGrain>(0).IdentifyAsync(request, None),
            _grid.Person("bad").WriteAsync(
                new PersonWrite(null, null, [new NewFace("0123", probe.Vector, contract, null)], Bulk: false), None),
        ];
        foreach (Task task in refused)
        {
            (await Should.ThrowAsync<FaceGridException>(task)).Code.ShouldBe(code);
        }

        (await _grid.Person("bad").GetAsync(vectors: false, None)).ShouldBeNull();
    }

    [Fact]
    public async Task Bulk_enrolment_leaves_no_activations()
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 500), async (i, _) => await _grid.EnrolAsync($"b{i}", GridCluster.RandomUnit(new Random(i)), bulk: true));
        var management = _grid.Grains.GetGrain<IManagementGrain>(0);
        await Eventually.AssertAsync(async () => (await management.GetSimpleGrainStatistics())
            .Where(statistic => statistic.GrainType.Contains("PersonGrain", StringComparison.Ordinal))
                .Sum(statistic => statistic.ActivationCount).ShouldBe(0, "activations of people after a bulk load"));
        (await _grid.GalleryGrain().GetAsync(None))!.People.ShouldBe(500);
    }

    [Fact]
    public async Task People_are_listed_once_each_over_pages()
    {
        for (int i = 0; i < 57; i++)
        {
            await _grid.Person($"p{i}")
                .WriteAsync(new PersonWrite($"Name {i}", null, [GridCluster.Face(GridCluster.RandomUnit(_random))], Bulk: true), None);
        }

        var reader = _grid.Grains.GetGrain<IGalleryReaderGrain>(0);
        var seen = new List<string>();
        string? after = null;
        do
        {
            PeoplePage page = await reader.ListPeopleAsync(GridCluster.Gallery, after, 10, null, vectors: true, None);
            page.People.ShouldAllBe(person => person.Faces[0].Vector!.Length == GridCluster.Dimension * 4);
            seen.AddRange(page.People.Select(person => person.Id));
            after = page.Next;
        }
        while (after is not null);

        seen.Count.ShouldBe(57);
        seen.Distinct(StringComparer.Ordinal).Count().ShouldBe(57);
        (await reader.ListPeopleAsync(GridCluster.Gallery, null, 10, "name 31", vectors: false, None)).People.ShouldHaveSingleItem()
            .Id.ShouldBe("p31");
    }

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
