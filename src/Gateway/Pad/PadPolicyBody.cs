using System.Text.Json.Serialization;
using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Gateway.Pad;

/// <summary>
/// A gallery's policies against presentation attacks: each is <c>off</c>, <c>report</c> or <c>require</c>. An absent member keeps its
/// value.
/// </summary>
internal sealed record PadPolicyBody(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Verify,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Identify,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Enrol)
{
    public static PadPolicyBody? Of(GalleryPad? pad) =>
        pad is null ? null : new PadPolicyBody(PadText.Of(pad.Verify), PadText.Of(pad.Identify), PadText.Of(pad.Enrol));

    public GalleryPad ToMessage() => new(
        PadText.Parse(Verify, "policy.pad.verify"),
        PadText.Parse(Identify, "policy.pad.identify"),
        PadText.Parse(Enrol, "policy.pad.enrol"));
}
