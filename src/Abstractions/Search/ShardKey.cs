using System.Globalization;

namespace FaceGrid.Abstractions.Search;

/// <summary>
/// Address of a shard: a gallery at level L is split over 2^L shards, and shard i owns the slots from i * 2^(16-L) up to, not including,
/// (i+1) * 2^(16-L).
/// </summary>
/// <param name="Gallery">Gallery id.</param>
/// <param name="Level">0 to 12.</param>
/// <param name="Index">0 to 2^<paramref name="Level"/> - 1.</param>
public readonly record struct ShardKey(string Gallery, int Level, int Index)
{
    /// <summary>The deepest level: 4,096 shards.</summary>
    public const int LevelMax = 12;

    /// <summary>The first slot that this shard owns.</summary>
    public int FirstSlot => Index << (16 - Level);

    /// <summary>One past the last slot that this shard owns, at most 65,536.</summary>
    public int EndSlot => (Index + 1) << (16 - Level);

    /// <summary>Smallest row key of this shard, inclusive.</summary>
    public string FirstRow => RowAt(Gallery, FirstSlot);

    /// <summary>Upper bound of this shard's row keys, exclusive.</summary>
    public string EndRow => RowAt(Gallery, EndSlot);

    /// <summary>The shard of a slot at a level.</summary>
    /// <param name="gallery">Gallery id.</param>
    /// <param name="level">0 to 12.</param>
    /// <param name="slot">The person's slot.</param>
    /// <returns>The key of the shard that owns the slot.</returns>
    public static ShardKey Of(string gallery, int level, ushort slot) => new(gallery, level, slot >> (16 - level));

    /// <summary>Reads the text form back.</summary>
    /// <param name="key">A key as <see cref="ToString"/> writes it.</param>
    /// <returns>The three parts.</returns>
    /// <exception cref="FormatException">The text is not a shard key.</exception>
    public static ShardKey Parse(string key)
    {
        string[] parts = key.Split('/');
        return parts.Length == 3
            ? new ShardKey(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture))
            : throw new FormatException("Not a shard key.");
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Gallery}/{Level}/{Index}");

    // '0' follows '/' in ASCII, so "{gallery}0" is above every "{gallery}/..." key.
    private static string RowAt(string gallery, int slot) =>
        slot > ushort.MaxValue ? gallery + "0" : string.Create(CultureInfo.InvariantCulture, $"{gallery}/{slot:x4}/");
}
