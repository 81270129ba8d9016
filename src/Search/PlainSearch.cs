namespace FaceGrid.Search;

/// <summary>The plain twin of <see cref="TemplateIndex"/>: obvious loops that say what the right answer is.</summary>
public static class PlainSearch
{
    /// <summary>
    /// Finds the nearest people of one probe: the distance of a person is the smallest over the person's templates; ascending by
    /// (distance, person id in ordinal order).
    /// </summary>
    /// <param name="people">
    /// Person ids, each once, with their templates, row-major, one or more times <paramref name="probe"/>'s length.
    /// </param>
    /// <param name="probe">A vector of finite values.</param>
    /// <param name="limit">Hits at most, 1 or more.</param>
    public static SearchHit[] Search(IEnumerable<(string Person, float[] Templates)> people, ReadOnlySpan<float> probe, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        List<(float Squared, string Person, int Template)> all = [];
        foreach ((string person, float[] templates) in people)
        {
            (float best, int at) = (float.PositiveInfinity, 0);
            for (int template = 0; template < templates.Length / probe.Length; template++)
            {
                float squared = Distance.Squared(templates.AsSpan(template * probe.Length, probe.Length), probe);
                if (squared < best)
                {
                    (best, at) = (squared, template);
                }
            }

            all.Add((best, person, at));
        }

        all.Sort((x, y) => x.Squared != y.Squared ? x.Squared.CompareTo(y.Squared) : string.CompareOrdinal(x.Person, y.Person));
        return [.. all.Take(limit).Select(h => new SearchHit(h.Person, h.Template, h.Squared))];
    }
}
