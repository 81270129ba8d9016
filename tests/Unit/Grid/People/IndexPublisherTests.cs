using System.Reflection;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains;
using FaceGrid.Grains.Maps;
using FaceGrid.Grains.People;
using FaceGrid.Grains.Shards;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid.People;

/// <summary>
/// Goal: what is durable reaches the shard, at once or later, and what the shard knows better is heeded. Method: a shard and a gallery
/// whose answers the test chooses; calls with a cancelled token do not wait.
/// </summary>
public sealed class IndexPublisherTests
{
    private static readonly CancellationToken None = CancellationToken.None, Cancelled = new(canceled: true);
    private readonly Queue<ApplyReply> _replies = [];
    private readonly List<PersonEntry> _published = [];
    private readonly FakeRow _stored = FakeRow.Of(PersonRows.Person("Ada", ("a", 0)));
    private readonly NoRows _rows = new();
    private readonly CatchUps _catchUps = new(Options.Create(new GridOptions { CatchUpsMax = 1 }));
    private readonly Timer _timer = new();
    private readonly PersonRow _row;
    private readonly IndexPublisher _publisher;
    private GalleryMap? _map = PersonRows.Both;
    private int _mapsRead, _deactivations;

    public IndexPublisherTests()
    {
        IGalleryGrain gallery = Fake<IGalleryGrain>((_, _) =>
        {
            _mapsRead++;
            return Task.FromResult(_map);
        });
        IShardGrain shard = Fake<IShardGrain>((_, arguments) =>
        {
            _published.Add((PersonEntry)arguments[0]!);
            return _replies.Count > 0 ? Task.FromResult(_replies.Dequeue()) : throw new TimeoutException("as the test wishes");
        });
        IGrainFactory grains = Fake<IGrainFactory>((method, _) => method.ReturnType == typeof(IShardGrain) ? shard : gallery);
        IOptions<GridOptions> options = Options.Create(new GridOptions { MapAge = TimeSpan.FromMinutes(1) });
        TimeProvider time = TimeProvider.System;
        var maps = new GalleryMaps(grains, options, time);
        var tools = new PersonTools(grains, maps, null!, _catchUps, _rows, null!, null!, options, time);
        var key = PersonKey.Of("default", "ada");
        _row = new PersonRow(key, _stored, _rows, time);
        var crops = new PersonCrops(key, _row, null!, maps);
        _publisher = new IndexPublisher(key, _row, crops, tools, NullLogger.Instance, _timer.Start, () => _deactivations++);
    }

    [Fact]
    public async Task A_row_is_published_as_it_is_under_the_gallerys_contract_revision()
    {
        _replies.Enqueue(new ApplyReply(ShardStatus.Ok, 100));
        (await _publisher.PublishAsync(None)).ShouldBeTrue();
        PersonEntry entry = _published.ShouldHaveSingleItem();
        (entry.Person, entry.Revision, entry.ContractRevision, entry.Contract, entry.FaceIds.Single())
            .ShouldBe(("ada", 100, 1, PersonRows.Old.Id, "a"));
        _publisher.IsPending.ShouldBeFalse();
        _timer.Work.ShouldBeNull();
    }

    [Fact]
    public async Task A_shard_that_calls_the_map_old_is_asked_again_with_a_fresh_one()
    {
        _replies.Enqueue(new ApplyReply(ShardStatus.WrongMap, 0));
        _replies.Enqueue(new ApplyReply(ShardStatus.Ok, 100));
        (await _publisher.PublishAsync(None)).ShouldBeTrue();
        (_published.Count, _mapsRead).ShouldBe((2, 2));
    }

    [Fact]
    public async Task What_was_not_published_in_time_is_published_later_and_counted_until_then()
    {
        (await _publisher.PublishAsync(Cancelled)).ShouldBeFalse();
        (_publisher.IsPending, _catchUps.IsFull).ShouldBe((true, true));
        _publisher.RequireRoom(); // It takes up its own place already.
        await _timer.Work!(None); // The shard does not answer yet.
        (_publisher.IsPending, _timer.IsRunning).ShouldBe((true, true));
        _replies.Enqueue(new ApplyReply(ShardStatus.Ok, 100));
        await _timer.Work!(None);
        (_publisher.IsPending, _catchUps.IsFull, _timer.IsRunning).ShouldBe((false, false, false));
        _published.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_newer_write_takes_the_place_of_a_pending_one_and_ends_it()
    {
        await _publisher.PublishAsync(Cancelled);
        await _row.SaveRevisedAsync(_row.CopyFor(PersonRows.Both));
        await _publisher.PublishAsync(Cancelled);
        _catchUps.IsFull.ShouldBeTrue();
        _timer.Starts.ShouldBe(1);
        _replies.Enqueue(new ApplyReply(ShardStatus.Ok, _row.State.Revision));
        await _timer.Work!(None);
        _published.ShouldHaveSingleItem().Revision.ShouldBe(_row.State.Revision);
        _catchUps.IsFull.ShouldBeFalse("it counts once");
    }

    [Fact]
    public async Task Leaving_memory_ends_what_is_pending()
    {
        await _publisher.PublishAsync(Cancelled);
        _publisher.Stop();
        (_publisher.IsPending, _catchUps.IsFull).ShouldBe((false, false));
    }

    [Fact]
    public void A_person_is_refused_while_too_many_others_are_pending()
    {
        _publisher.RequireRoom();
        _catchUps.Add(1);
        Should.Throw<FaceGridException>(_publisher.RequireRoom).Code.ShouldBe(ErrorCodes.Busy);
    }

    [Fact]
    public async Task A_shard_that_remembers_a_newer_deletion_gets_the_row_under_a_higher_revision_that_is_durable()
    {
        _replies.Enqueue(new ApplyReply(ShardStatus.Superseded, 500));
        _replies.Enqueue(new ApplyReply(ShardStatus.Ok, 501));
        (await _publisher.PublishAsync(None)).ShouldBeTrue();
        (_published[1].Revision, _stored.Stored!.Revision).ShouldBe((501, 501));
    }

    [Fact]
    public async Task A_deletion_goes_above_what_the_shard_knows_and_an_overtaken_entry_is_done()
    {
        var gone = new PersonEntry("ada", 50, PersonRows.Epoch, [], [], Deleted: true);
        _replies.Enqueue(new ApplyReply(ShardStatus.Superseded, 500));
        _replies.Enqueue(new ApplyReply(ShardStatus.Ok, 501));
        (await _publisher.PublishAsync(gone, None)).ShouldBeTrue();
        _published[1].Revision.ShouldBe(501);

        _replies.Enqueue(new ApplyReply(ShardStatus.Superseded, 100));
        (await _publisher.PublishAsync(_row.Entry with { Revision = 99 }, None)).ShouldBeTrue();
        (_published.Count, _stored.Stored!.Revision).ShouldBe((3, 100));
    }

    [Fact]
    public async Task A_row_does_not_outlive_its_gallery()
    {
        _map = null;
        (await Should.ThrowAsync<FaceGridException>(_publisher.PublishAsync(None))).Code.ShouldBe(ErrorCodes.GalleryNotFound);
        (_stored.Stored, _rows.Erasures, _deactivations, _publisher.IsPending).ShouldBe((null, 1, 1, false));
    }

    [Fact]
    public async Task A_row_of_an_earlier_life_of_the_gallery_is_deleted_and_not_published()
    {
        _map = PersonRows.Both with { Epoch = Guid.NewGuid() };
        (await Should.ThrowAsync<FaceGridException>(_publisher.PublishAsync(None))).Code.ShouldBe(ErrorCodes.GalleryNotFound);
        (_stored.Stored, _published.Count).ShouldBe((null, 0));
    }

    [Fact]
    public async Task A_face_without_a_vector_under_the_contract_that_is_searched_is_not_covered()
    {
        NewFace known = new("a", PersonRows.At(0), null, null), unknown = known with { Id = "gone" };
        _publisher.Covers([known]).ShouldBeTrue("nothing was published yet");
        _replies.Enqueue(new ApplyReply(ShardStatus.Ok, 100));
        await _publisher.PublishAsync(None);
        _publisher.Covers([known, unknown]).ShouldBeTrue();
        _map = PersonRows.Switched;
        _replies.Enqueue(new ApplyReply(ShardStatus.WrongMap, 0));
        _replies.Enqueue(new ApplyReply(ShardStatus.Ok, 100));
        await _publisher.PublishAsync(None);
        _publisher.Covers([unknown]).ShouldBeTrue();
        _publisher.Covers([known]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_refusal_says_what_is_durable()
    {
        FaceGridException refused =
            await Should.ThrowAsync<FaceGridException>(_publisher.RequireAsync(_row.Entry, "The row is durable", Cancelled));
        (refused.Code, refused.Message).ShouldBe(
            (ErrorCodes.ShardsMissing, "The row is durable, but the person's shard could not be told yet. Try again."));
    }

    private static T Fake<T>(Func<MethodInfo, object?[], object?> answer)
        where T : class
    {
        T fake = DispatchProxy.Create<T, Answers>();
        ((Answers)(object)fake).Answer = answer;
        return fake;
    }

    /// <summary>Answers every call of an interface.</summary>
    public class Answers : DispatchProxy
    {
        internal Func<MethodInfo, object?[], object?> Answer { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Answer(targetMethod!, args!);
    }

    private sealed class Timer : IDisposable
    {
        public Func<CancellationToken, Task>? Work { get; private set; }

        public int Starts { get; private set; }

        public bool IsRunning { get; private set; }

        public IDisposable Start(Func<CancellationToken, Task> work)
        {
            (Work, IsRunning, Starts) = (work, true, Starts + 1);
            return this;
        }

        public void Dispose() => IsRunning = false;
    }
}
