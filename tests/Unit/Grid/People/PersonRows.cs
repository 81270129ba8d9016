using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Tests.Grid.People;

/// <summary>Rows of people and maps of galleries, as the tests of this folder need them.</summary>
internal static class PersonRows
{
    public static readonly Guid Epoch = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");
    public static readonly DateTimeOffset Then = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);
    public static readonly Contract Old = new("old@0123456789abcdef", 2), New = new("new@fedcba9876543210", 2);
    public static readonly GalleryMap Map = new(Epoch, 0, null, Old, null, null);

    /// <summary>A gallery in the middle of its migration: it searches the old contract and holds the new one.</summary>
    public static readonly GalleryMap Both = Map with { Other = New, ContractRevision = 1 };

    /// <summary>The same gallery after the switch.</summary>
    public static readonly GalleryMap Switched = Map with { Contract = New, Other = Old, ContractRevision = 2 };

    /// <summary>A person whose faces are at these angles, in degrees.</summary>
    public static PersonState Person(string? name, params (string Id, double Degrees)[] faces) => new()
    {
        Revision = 100,
        Epoch = Epoch,
        Name = name,
        Contract = Old.Id,
        Faces = [.. faces.Select(face => Face(face.Id, face.Degrees))],
    };

    public static FaceState Face(string id, double degrees) => new() { Id = id, EnrolledAt = Then, Vector = At(degrees) };

    /// <summary>A unit vector of two numbers: two that are 60 degrees apart are at distance 1.</summary>
    public static byte[] At(double degrees) =>
        Vectors.ToBytes([(float)Math.Cos(degrees * Math.PI / 180), (float)Math.Sin(degrees * Math.PI / 180)]);

    /// <summary>What of a row matters to its owner, in one text that can be compared.</summary>
    public static string Describe(PersonState state)
    {
        IEnumerable<string> faces = state.Faces.Select(face =>
            $"{face.Id}={Convert.ToHexString(face.Vector)}/{(face.OtherVector is null ? "" : Convert.ToHexString(face.OtherVector))}");
        IEnumerable<string> labels = state.Labels.OrderBy(label => label.Key, StringComparer.Ordinal)
            .Select(label => $"{label.Key}={label.Value}");
        return string.Join(
            '|',
            state.Name,
            string.Join(',', labels),
            string.Join(',', faces),
            state.Contract,
            string.Join(',', state.DifferentFrom ?? []),
            string.Join(',', state.Merged?.Select(merged => merged.Person) ?? []),
            state.MergingInto);
    }
}
