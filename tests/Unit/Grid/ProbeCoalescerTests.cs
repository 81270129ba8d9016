using FaceGrid.Abstractions.Errors;
using FaceGrid.Grains.Search;
using FaceGrid.Search;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Goal: probes share passes, and nobody gets another's answer, another's failure or another's limit. Method: a scan that the test holds
/// in its hands.
/// </summary>
public sealed class ProbeCoalescerTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly List<(int Count, int Limit, CancellationToken Nobody, TaskCompletionSource<SearchHit[][]> Done)> _passes = [];
    private readonly ProbeCoalescer _coalescer;

    public ProbeCoalescerTests()
    {
        _coalescer = new ProbeCoalescer((_, count, limit, nobody) =>
        {
            var done = new TaskCompletionSource<SearchHit[][]>(TaskCreationOptions.RunContinuationsAsynchronously);
            nobody.Register(() => done.TrySetCanceled(nobody));
            lock (_passes)
            {
                _passes.Add((count, limit, nobody, done));
            }

            return done.Task;
        });
    }

    [Fact]
    public async Task Probes_that_arrive_during_a_pass_share_the_next_and_keep_their_own_limits()
    {
        Task<SearchHit[][]> first = Ask(1, limit: 1);
        Task<SearchHit[][]> second = Ask(2, limit: 3);
        Task<SearchHit[][]> third = Ask(1, limit: 1);
        Pass(0).Count.ShouldBe(1);
        await AnswerAsync(0, first);
        (int count, int limit) = await NextAsync(1);
        (count, limit).ShouldBe((3, 3));
        Finish(1);

        (await second).Select(hits => hits.Length).ShouldBe([3, 3]);
        (await second)[1][0].Person.ShouldBe("pass1 probe1");
        SearchHit[] own = (await third).ShouldHaveSingleItem();
        own.ShouldHaveSingleItem().Person.ShouldBe("pass1 probe2");
    }

    [Fact]
    public async Task Probes_that_wait_are_bounded_and_places_become_free_again()
    {
        Task<SearchHit[][]> first = Ask(1, limit: 1);
        Task<SearchHit[][]> waiting = Ask(ProbeCoalescer.ProbesWaitingMax, limit: 1);
        FaceGridException refused = await Should.ThrowAsync<FaceGridException>(
            async () => await Ask(1, limit: 1).WaitAsync(TimeSpan.FromSeconds(60)));
        refused.Code.ShouldBe(ErrorCodes.Busy);
        await AnswerAsync(0, first);
        (await NextAsync(1)).Count.ShouldBe(ProbeCoalescer.ProbesWaitingMax);
        Task<SearchHit[][]> later = Ask(1, limit: 1);
        Finish(1);
        await waiting;
        (await NextAsync(2)).Count.ShouldBe(1);
        Finish(2);
        await later;
    }

    [Fact]
    public async Task A_pass_is_bounded_but_a_larger_question_still_gets_one()
    {
        Task<SearchHit[][]> first = Ask(1, limit: 1);
        Task<SearchHit[][]>[] more = [Ask(200, 1), Ask(200, 1), Ask(1_000, 1)];
        await AnswerAsync(0, first);
        for (int pass = 1; pass <= 3; pass++)
        {
            (await NextAsync(pass)).Count.ShouldBe(pass == 3 ? 1_000 : 200);
            Finish(pass);
            await more[pass - 1];
        }
    }

    [Fact]
    public async Task A_pass_takes_256_probes_and_leaves_the_next_for_another()
    {
        Task<SearchHit[][]> first = Ask(1, limit: 1);
        Task<SearchHit[][]>[] fit = [Ask(128, 1), Ask(128, 2)];
        Task<SearchHit[][]> next = Ask(1, limit: 1);
        await AnswerAsync(0, first);
        (await NextAsync(1)).ShouldBe((256, 2));
        Finish(1);
        (await fit[0])[127].ShouldHaveSingleItem().Person.ShouldBe("pass1 probe127");
        (await fit[1])[0][1].Person.ShouldBe("pass1 probe128");
        (await NextAsync(2)).Count.ShouldBe(1);
        await AnswerAsync(2, next);
    }

    [Fact]
    public async Task A_pass_that_fails_fails_those_who_share_it_and_nobody_else()
    {
        Task<SearchHit[][]> first = Ask(1, limit: 1);
        Task<SearchHit[][]> second = Ask(1, limit: 1);
        Pass(0).Done.SetException(new InvalidOperationException("scan"));
        await Should.ThrowAsync<InvalidOperationException>(first);
        await NextAsync(1);
        await AnswerAsync(1, second);
        Task<SearchHit[][]> later = Ask(1, limit: 1);
        await NextAsync(2);
        await AnswerAsync(2, later);
    }

    [Fact]
    public async Task Who_leaves_the_queue_is_not_searched_for_and_a_pass_without_anybody_ends()
    {
        using var leaving = new CancellationTokenSource();
        Task<SearchHit[][]> first = _coalescer.SearchAsync([0], 1, 1, leaving.Token);
        Task<SearchHit[][]> queued = _coalescer.SearchAsync([0], 1, 1, leaving.Token);
        Task<SearchHit[][]> stays = Ask(1, limit: 1);
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(first);
        await Should.ThrowAsync<OperationCanceledException>(queued);
        (await NextAsync(1)).Count.ShouldBe(1);
        await AnswerAsync(1, stays);
    }

    private Task<SearchHit[][]> Ask(int count, int limit) => _coalescer.SearchAsync(new float[count], count, limit, None);

    private (int Count, int Limit, CancellationToken Nobody, TaskCompletionSource<SearchHit[][]> Done) Pass(int number)
    {
        lock (_passes)
        {
            return _passes[number];
        }
    }

    private async Task<(int Count, int Limit)> NextAsync(int number)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            lock (_passes)
            {
                if (_passes.Count > number)
                {
                    return (_passes[number].Count, _passes[number].Limit);
                }
            }

            await Task.Delay(5, limit.Token);
        }
    }

    private async Task AnswerAsync(int number, Task<SearchHit[][]> asked)
    {
        Finish(number);
        (await asked)[0][0].Person.ShouldBe($"pass{number} probe0");
    }

    private void Finish(int number)
    {
        (int count, int limit, _, TaskCompletionSource<SearchHit[][]> done) = Pass(number);
        done.SetResult([.. Enumerable.Range(0, count)
            .Select(probe => Enumerable.Range(0, limit).Select(rank => new SearchHit($"pass{number} probe{probe}", rank, rank))
                .ToArray())]);
    }
}
