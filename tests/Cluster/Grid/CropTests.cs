using System.Text;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Goal: cut-outs of faces are kept only where the gallery says so, go where their faces go, and leave nothing behind when those are
/// erased. Method: cut-outs with a text that is looked for in rows and in the database files.
/// </summary>
public sealed class CropTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TemporaryDirectory _directory = new();
    private readonly FakeEmbedders _models = new(96);
    private GridCluster _grid = null!;

    public async ValueTask InitializeAsync()
    {
        _grid = await GridCluster.StartAsync(
            _directory.Path, options => options.MapAge = TimeSpan.FromMilliseconds(200), embedders: _models);
        await _grid.GalleryGrain()
            .PutAsync(new GallerySettings(FakeEmbedders.Old, 0.5f, 0.5f) { Enrolment = EnrolmentPolicy.None with { Crops = true } }, None);
    }

    public async ValueTask DisposeAsync()
    {
        await _grid.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_removed_face_a_deleted_person_and_a_deleted_gallery_take_their_cut_outs_with_them()
    {
        await EnrolAsync("ada", "ada-1", "ada-2");
        await EnrolAsync("ben", "ben-1");
        await EnrolAsync("cy", "cy-1");
        (await CountAsync()).ShouldBe(4);
        InFiles("ada-1").ShouldBeTrue("or the test looks in the wrong place");

        await _grid.Person("ada").RemoveFaceAsync(_models.Face("ada-1").Id, null, None);
        ShouldBeGone("ada-1");
        (await CountAsync()).ShouldBe(3);
        await _grid.Person("ben").DeleteAsync(null, None);
        ShouldBeGone("ben-1");
        (await CountAsync()).ShouldBe(2);
        await _grid.GalleryGrain().DeleteAsync(null, None);
        ShouldBeGone("cy-1", "ada-2");
        (await CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_gallery_that_keeps_them_no_more_erases_those_it_has()
    {
        await EnrolAsync("ada", "ada-1");
        await _grid.GalleryGrain()
            .PutAsync(new GallerySettings(null, null, null) { Enrolment = EnrolmentPolicy.None with { Crops = false } }, None);
        ShouldBeGone("ada-1");
        await EnrolAsync("ben", "ben-1");
        (await CountAsync()).ShouldBe(0);
        InFiles("ben-1").ShouldBeFalse();
        (await _grid.Person("ada").GetAsync(vectors: false, None))!.Faces.Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_retry_after_a_crash_between_row_and_cut_out_keeps_it_and_a_replaced_face_loses_it()
    {
        await _grid.GalleryGrain()
            .PutAsync(new GallerySettings(null, null, null) { Enrolment = EnrolmentPolicy.None with { FacesMax = 1 } }, None);
        await EnrolAsync("ada", "ada-1");
        string key = $"{PersonKey.Of(GridCluster.Gallery, "ada")}/{_models.Face("ada-1").Id}";
        (await _grid.Database.DeleteRangeAsync(StateNames.Crop, key, key + "~", None)).ShouldBe(1);
        await EnrolAsync("ada", "ada-1");
        (await CountAsync()).ShouldBe(1);
        await EnrolAsync("ada", "ada-2");
        (await CropsAsync()).ShouldBe(["ada/" + _models.Face("ada-2").Id]);
    }

    [Fact]
    public async Task Cut_outs_go_with_faces_that_are_merged_and_parted()
    {
        await EnrolAsync("ada", "ada-1");
        await EnrolAsync("ben", "ben-1");
        ICurationGrain curation = _grid.Grains.GetGrain<ICurationGrain>(0);
        await curation.MergeAsync(GridCluster.Gallery, "ada", "ben", None);
        (await CropsAsync()).ShouldBe(["ada/" + _models.Face("ada-1").Id, "ada/" + _models.Face("ben-1").Id], ignoreOrder: true);

        // A migration in between gives both models' vectors to whoever is parted again.
        await _grid.MigrationGrain()
            .BeginAsync(
                new MigrationRequest("new-model", 0.5f, 0.5f), (await _grid.GalleryGrain().GetMapAsync(None))!.ContractRevision, None);
        await Eventually.AssertAsync(async () => (await _grid.MigrationGrain().GetMigrationAsync())!.State.ShouldBe(MigrationState.Ready));
        await curation.UnmergeAsync(GridCluster.Gallery, "ada", "ben", None);
        (await CropsAsync()).ShouldBe(["ada/" + _models.Face("ada-1").Id, "ben/" + _models.Face("ben-1").Id], ignoreOrder: true);
        MigrationInfo migration = (await _grid.MigrationGrain().GetMigrationAsync())!;
        await _grid.MigrationGrain().SwitchAsync(migration.ContractRevision, leave: false, None);
        foreach (string person in new[] { "ada", "ben" })
        {
            var probe = new Probe(Vectors.ToBytes(FakeEmbedders.VectorOf(_models.New, person + "-1")), _models.New.Id);
            (await _grid.Person(person).VerifyAsync(probe, None)).Match.ShouldBeTrue(person);
        }
    }

    [Fact]
    public async Task A_damaged_cut_out_counts_as_none_is_replaced_by_the_same_picture_and_holds_up_neither_a_merge_nor_a_move()
    {
        await EnrolAsync("ada", "ada-1");
        await EnrolAsync("ben", "ben-1");
        await EnrolAsync("cy", "cy-1");
        foreach (string person in new[] { "ada", "ben", "cy" })
        {
            await _grid.DamageAsync($"StateName = '{StateNames.Crop}' AND GrainKey LIKE '%/{person}/%'");
        }

        await EnrolAsync("ada", "ada-1");
        InFiles("ada-1").ShouldBeTrue();
        await _grid.Grains.GetGrain<ICurationGrain>(0).MergeAsync(GridCluster.Gallery, "ada", "ben", None);
        (await _grid.Person("ada").GetAsync(vectors: false, None))!.Faces.Length.ShouldBe(2);

        await _grid.MigrationGrain()
            .BeginAsync(
                new MigrationRequest("new-model", 0.5f, 0.5f), (await _grid.GalleryGrain().GetMapAsync(None))!.ContractRevision, None);
        await Eventually.AssertAsync(async () => (await _grid.MigrationGrain().GetMigrationAsync())!.State.ShouldBe(MigrationState.Ready));
        (await _grid.MigrationGrain().GetMigrationAsync())!.Progress.ShouldBe(new MigrationProgress(2, 0, 2, null));
    }

    private Task EnrolAsync(string person, params string[] faces) =>
        _grid.Person(person).WriteAsync(
            new PersonWrite(null, null, [.. faces.Select(face => _models.Face(face, crop: true))], Bulk: false), None);

    private Task<long> CountAsync() => _grid.Database.CountAsync(StateNames.Crop, "", "~", None);

    private async Task<string[]> CropsAsync()
    {
        var keys = new List<string>();
        await foreach (GrainRow row in _grid.Database.ReadRangeAsync(StateNames.Crop, "", "~", None))
        {
            keys.Add(string.Join('/', row.Key.Split('/')[2..]));
        }

        return [.. keys];
    }

    private void ShouldBeGone(params string[] faces)
    {
        foreach (string face in faces)
        {
            InFiles(face).ShouldBeFalse(face);
        }
    }

    private bool InFiles(string face)
    {
        byte[] text = Encoding.UTF8.GetBytes("crop-of:" + face);
        return Directory.EnumerateFiles(_directory.Path, "*.db*").Any(file =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            return copy.ToArray().AsSpan().IndexOf(text) >= 0;
        });
    }
}
