using System.Text.Json.Serialization;
using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Gateway.People;

/// <summary>A page of a gallery's report. It lists only people with findings.</summary>
internal sealed record ReportBody(PersonReportBody[] People, int Looked, bool Complete, string? Next)
{
    public static ReportBody Of(ReportPage page) =>
        new([.. page.People.Select(PersonReportBody.Of)], page.Looked, page.Complete, page.Next);
}

/// <summary>The findings about one person.</summary>
internal sealed record PersonReportBody(
    string Person,
    FaceReportBody[] Faces,
    LookAlikeBody[] LookAlikes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? MergingInto)
{
    public static PersonReportBody Of(PersonReport report) => new(
        report.Person,
        [.. report.Faces.Select(FaceReportBody.Of)],
        [.. report.LookAlikes.Select(other => LookAlikeBody.Of(other)!)],
        report.MergingInto);
}

/// <summary>The findings about one face.</summary>
internal sealed record FaceReportBody(
    string Face,
    string[] Findings,
    string[] Reasons,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] LookAlikeBody? LookAlike,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? OwnDistance)
{
    public static FaceReportBody Of(FaceReport face) =>
        new(face.FaceId, face.Findings, face.Reasons, LookAlikeBody.Of(face.LookAlike), face.OwnDistance);
}
