using System.Text.Json;
using System.Text.Json.Nodes;
using FaceGrid.Client;

namespace FaceGrid.Cli.Galleries;

/// <summary>
/// A gallery's policy in a file: promises, requirements for faces, and whether cut-outs are kept. It has the form that the API writes. So
/// members that this program does not know are kept, too.
/// </summary>
internal static class GalleryFilePolicy
{
    private const string Verify = "verify";
    private const string Identify = "identify";
    private const string Pad = "pad";
    private const string Enrolment = "enrolment";
    private const string Enrol = "enrol";

    /// <summary>
    /// The policy of a gallery without the promises that every gallery makes by default. The importing grid makes these as well, or it
    /// cannot, because its embedder has no calibration.
    /// </summary>
    /// <param name="gallery">A gallery of the API.</param>
    /// <returns>The policy, or null when nobody has set one.</returns>
    public static JsonObject? Of(JsonElement gallery)
    {
        if (gallery.Member("policy") is not { ValueKind: JsonValueKind.Object } policy)
        {
            return null;
        }

        JsonObject own = JsonObject.Create(policy)!;
        DropIf(own, Verify, policy.Member(Verify)?.Number("fmr") == GalleryPolicyWrite.FmrDefault);
        DropIf(own, Identify, policy.Member(Identify)?.Number("fpir") == GalleryPolicyWrite.FpirDefault);
        return own.Count == 0 ? null : own;
    }

    /// <summary>
    /// The part that is put in force before anybody is imported. It has only members that cannot make the grid refuse a bulk enrolment.
    /// </summary>
    /// <param name="policy">The file's policy, or null.</param>
    /// <returns>A part of it, or null.</returns>
    public static JsonObject? First(JsonObject? policy)
    {
        JsonObject? first = (JsonObject?)policy?.DeepClone();
        first?.Remove(Enrolment);
        if (first?[Pad] is JsonObject pad && pad.Remove(Enrol) && pad.Count == 0)
        {
            first.Remove(Pad);
        }

        return first is null or { Count: 0 } ? null : first;
    }

    /// <summary>
    /// The part that is put in force after everybody is imported. It says which enrolments are allowed, and the people of the file were
    /// already accepted by the gallery that they come from.
    /// </summary>
    /// <param name="policy">The file's policy, or null.</param>
    /// <returns>The rest of it, or null.</returns>
    public static JsonObject? Last(JsonObject? policy)
    {
        JsonObject last = [];
        if (policy?[Enrolment] is { } enrolment)
        {
            last[Enrolment] = enrolment.DeepClone();
        }

        if ((policy?[Pad] as JsonObject)?[Enrol] is { } enrol)
        {
            last[Pad] = new JsonObject { [Enrol] = enrol.DeepClone() };
        }

        return last.Count == 0 ? null : last;
    }

    private static void DropIf(JsonObject policy, string member, bool isDefault)
    {
        if (isDefault)
        {
            policy.Remove(member);
        }
    }
}
