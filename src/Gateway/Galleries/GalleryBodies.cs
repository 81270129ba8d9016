using System.Text.Json.Serialization;

namespace FaceGrid.Gateway;

/// <summary>A gallery.</summary>
internal sealed record GalleryBody(
    string Id,
    Contract? Contract,
    Threshold Verify,
    Threshold Identify,
    int Shards,
    bool Growing,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? People,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Faces,
    DateTimeOffset CreatedAt)
{
    /// <summary>What the gallery asks of those who enrol and ask.</summary>
    public required GalleryPolicyBody Policy { get; init; }

    public static GalleryBody Of(GalleryInfo gallery) => new(
        gallery.Id,
        gallery.Contract,
        gallery.Verify ?? Thresholds.None,
        gallery.Identify ?? Thresholds.None,
        1 << gallery.Level,
        gallery.Growing,
        gallery.People,
        gallery.Faces,
        gallery.CreatedAt)
    {
        Policy = new GalleryPolicyBody(EnrolmentPolicyBody.Of(gallery.Enrolment)),
    };
}

/// <summary>All galleries, by id.</summary>
internal sealed record GalleryListBody(GalleryBody[] Galleries);

/// <summary>Settings of a gallery; members that are absent stay as they are.</summary>
internal sealed record GallerySettingsBody(Contract? Contract, float? VerifyThreshold, float? IdentifyThreshold)
{
    /// <summary>What the gallery asks of those who enrol and ask.</summary>
    public GalleryPolicyBody? Policy { get; init; }
}

/// <summary>The policy of a gallery; members that are absent stay as they are.</summary>
internal sealed record GalleryPolicyBody(EnrolmentPolicyBody? Enrolment);
