using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FaceGrid.Abstractions.People;

/// <summary>
/// Address of a person: gallery, slot and person id. Its text form <c>{gallery}/{slot}/{person}</c> is the grain key and the primary
/// key of the row, so people of neighbouring slots are neighbouring rows and a shard is one range of rows.
/// </summary>
/// <param name="Gallery">Gallery id.</param>
/// <param name="Slot">0 to 65,535; a stable hash of gallery and person.</param>
/// <param name="Person">Person id.</param>
public readonly record struct PersonKey(string Gallery, ushort Slot, string Person)
{
    /// <summary>
    /// Builds the key of a person. The slot is the first two bytes, big-endian, of SHA-256 over <c>{gallery}/{person}</c> in UTF-8.
    /// </summary>
    /// <param name="gallery">A valid gallery id.</param>
    /// <param name="person">A valid person id.</param>
    /// <returns>The key; the same inputs give the same key for ever.</returns>
    public static PersonKey Of(string gallery, string person) => new(gallery, SlotOf(gallery, person), person);

    /// <summary>Reads the text form back.</summary>
    /// <param name="key">A key as <see cref="ToString"/> writes it.</param>
    /// <returns>The three parts.</returns>
    /// <exception cref="FormatException">The text is not a person key.</exception>
    public static PersonKey Parse(string key)
    {
        int first = key.IndexOf('/', StringComparison.Ordinal);
        if (first <= 0 || key.Length < first + 7 || key[first + 5] != '/')
        {
            throw new FormatException("Not a person key.");
        }

        ushort slot = ushort.Parse(key.AsSpan(first + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return new PersonKey(key[..first], slot, key[(first + 6)..]);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Gallery}/{Slot:x4}/{Person}");

    private static ushort SlotOf(string gallery, string person)
    {
        Span<byte> text = stackalloc byte[64 + 1 + 128];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        int length = Encoding.UTF8.GetBytes(gallery, text);
        text[length++] = (byte)'/';
        length += Encoding.UTF8.GetBytes(person, text[length..]);
        SHA256.HashData(text[..length], hash);
        return (ushort)((hash[0] << 8) | hash[1]);
    }
}
