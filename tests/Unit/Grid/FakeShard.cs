using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Shards;

namespace FaceGrid.Tests.Grid;

/// <summary>A shard that does what the test says and writes down what it was asked.</summary>
/// <param name="key">Which shard.</param>
/// <param name="log">Takes a line per call.</param>
internal sealed class FakeShard(ShardKey key, Action<string> log) : IShardGrain
{
    /// <summary>People that it says it holds; null for "not wanted".</summary>
    public long? People { get; set; } = 1;

    /// <summary>What an audit finds; null for a shard of another level.</summary>
    public ShardAudit? Audit { get; set; } = new ShardAudit(1, 0);

    /// <summary>Its answer to a search; an exception is thrown.</summary>
    public Func<ShardAnswer> Answer { get; set; } = static () => new ShardAnswer(ShardStatus.Ok, 0, []);

    public Task<ApplyReply> ApplyAsync(PersonEntry entry, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ShardAnswer> SearchAsync(ShardQuery query, CancellationToken cancellationToken) => Task.FromResult(Answer());

    public Task ForwardAsync(int nextLevel) => NoteAsync($"{key} forwards to {nextLevel}");

    public Task RetireAsync() => NoteAsync($"{key} retires");

    public Task RefreshAsync() => NoteAsync($"{key} refreshes");

    public async Task<ShardAudit?> AuditAsync(string contract)
    {
        await NoteAsync($"{key} audits {contract}");
        return Audit;
    }

    public Task MoveAsync() => throw new NotSupportedException();

    public Task<ShardSample> SampleAsync(Guid epoch, int count) => throw new NotSupportedException();

    public async Task<ShardInfo?> DescribeAsync()
    {
        await NoteAsync($"{key} loads");
        return People is { } people ? new ShardInfo(key.Gallery, key.Level, key.Index, "silo", (int)people, (int)people, 0) : null;
    }

    private Task NoteAsync(string line)
    {
        log(line);
        return Task.CompletedTask;
    }
}
