using System.Globalization;

namespace FaceGrid.Storage.Sightings;

/// <summary>Writes the statement of a list of visits.</summary>
internal static class SightingListQuery
{
    /// <summary>The statement of a list, and its values.</summary>
    /// <param name="filter">Which visits.</param>
    /// <param name="limit">How many at most.</param>
    public static (string Text, List<(string Name, object? Value)> Values) Of(SightingFilter filter, int limit)
    {
        List<string> conditions = [];
        List<(string, object?)> values = [];
        Add(filter.Camera, "Camera = @camera", "@camera");
        Add(filter.Gallery, "Gallery IS NOT NULL AND Gallery = @gallery", "@gallery");
        Add(filter.Person, "Person = @person", "@person");
        Add(filter.Kind is { } kind ? (int)kind : null, "Kind = @kind", "@kind");
        Add(filter.NotPerson ? (int)SightingKind.Person : null, "Kind <> @known", "@known");
        Add(filter.Status is 0 ? null : filter.Status, "Status = @status", "@status");
        Add(filter.From, "FirstSeen >= @from", "@from");
        Add(filter.To, "FirstSeen < @to", "@to");
        if (filter.Status is 0)
        {
            conditions.Add("Status = 0"); // A constant, so that the index of present visits is used.
        }

        if (filter is { AfterFirstSeen: { } firstSeen, AfterId: { } id })
        {
            conditions.Add("(FirstSeen, Id) < (@after, @afterId)");
            values.AddRange([("@after", firstSeen), ("@afterId", id)]);
        }

        string where = conditions.Count > 0 ? $" WHERE {string.Join(" AND ", conditions)}" : "";
        string text = string.Create(
            CultureInfo.InvariantCulture, $"{SightingColumns.Select}{where} ORDER BY FirstSeen DESC, Id DESC LIMIT {limit}");
        return (text, values);

        void Add(object? value, string condition, string name)
        {
            if (value is not null)
            {
                conditions.Add(condition);
                values.Add((name, value));
            }
        }
    }
}
