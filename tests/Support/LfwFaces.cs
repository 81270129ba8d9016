using System.IO.Compression;

namespace FaceGrid.Tests.Support;

/// <summary>Pictures of people out of the LFW archives.</summary>
public static class LfwFaces
{
    /// <summary>Reads pictures of one person.</summary>
    /// <param name="person">As LFW spells it, for example <c>Jennifer_Aniston</c>.</param>
    /// <param name="count">How many at most.</param>
    public static byte[][] Of(string person, int count) => Read(entry => entry.StartsWith(person + "/", StringComparison.Ordinal), count).Values.SelectMany(pictures => pictures).Take(count).ToArray();

    /// <summary>Reads one picture each of many people.</summary>
    /// <param name="count">How many people.</param>
    /// <param name="except">Somebody who is not wanted.</param>
    public static Dictionary<string, byte[]> OfMany(int count, string except) =>
        Read(entry => entry.EndsWith("_0001.jpg", StringComparison.Ordinal) && !entry.StartsWith(except, StringComparison.Ordinal), count).ToDictionary(person => person.Key, person => person.Value[0], StringComparer.Ordinal);

    private static Dictionary<string, List<byte[]>> Read(Func<string, bool> wanted, int count)
    {
        var found = new Dictionary<string, List<byte[]>>(StringComparer.Ordinal);
        foreach (string file in Directory.GetFiles(Path.Combine(TestData.Pictures, "lfw"), "*.zip").Order(StringComparer.Ordinal))
        {
            using ZipArchive archive = ZipFile.OpenRead(file);
            foreach (ZipArchiveEntry entry in archive.Entries.Where(entry => wanted(entry.FullName)).OrderBy(entry => entry.FullName, StringComparer.Ordinal))
            {
                if (found.Values.Sum(pictures => pictures.Count) == count)
                {
                    return found;
                }

                using Stream stream = entry.Open();
                using var bytes = new MemoryStream();
                stream.CopyTo(bytes);
                string person = entry.FullName.Split('/')[0];
                found.TryAdd(person, []);
                found[person].Add(bytes.ToArray());
            }
        }

        return found;
    }
}
