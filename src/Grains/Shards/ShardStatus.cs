namespace FaceGrid.Grains.Shards;

/// <summary>Whether a shard could do what was asked.</summary>
[GenerateSerializer]
[Alias("fg.shard-status")]
public enum ShardStatus
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>The caller's map is old: read it again and ask the shards that it names.</summary>
    WrongMap = 1,

    /// <summary>The shard knows a newer revision of the person.</summary>
    Superseded = 2,
}
