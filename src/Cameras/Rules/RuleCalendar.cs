using System.Globalization;
using FaceGrid.Abstractions.Rules;

namespace FaceGrid.Cameras.Rules;

/// <summary>
/// The hours of a rule, by the local time of its time zone: hours are skipped or come twice where daylight saving begins or ends.
/// </summary>
internal sealed class RuleCalendar
{
    private static readonly string[] DayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]; // As DayOfWeek counts.

    private readonly TimeZoneInfo _zone;
    private readonly (bool[] Days, TimeSpan From, TimeSpan To)[] _spans;

    private RuleCalendar(TimeZoneInfo zone, (bool[] Days, TimeSpan From, TimeSpan To)[] spans)
    {
        _zone = zone;
        _spans = spans;
    }

    /// <summary>Reads the hours of a rule.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="mistakes">Takes a sentence for each mistake.</param>
    /// <returns>The hours; not usable when there were mistakes.</returns>
    public static RuleCalendar Read(RuleSettings settings, List<string> mistakes)
    {
        TimeZoneInfo? zone = TimeZoneInfo.Utc;
        if (settings.TimeZone is { } name && !TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone))
        {
            mistakes.Add("timeZone is not an IANA name that this node knows (package tzdata), such as Europe/Berlin or UTC.");
        }

        if (settings.Hours?.Length > Rule.ListMax)
        {
            mistakes.Add($"hours has at most {Rule.ListMax} entries.");
        }

        IEnumerable<RuleHours> hours = (settings.Hours ?? []).Take(Rule.ListMax);
        return new RuleCalendar(zone ?? TimeZoneInfo.Utc, [.. hours.Select((span, index) => Span(span, index, mistakes))]);
    }

    /// <summary>Whether a moment lies in the hours.</summary>
    /// <param name="at">Any time.</param>
    /// <returns>True also when the rule has no hours.</returns>
    public bool Covers(DateTimeOffset at)
    {
        if (_spans.Length == 0)
        {
            return true;
        }

        DateTimeOffset local = TimeZoneInfo.ConvertTime(at, _zone);
        int today = (int)local.DayOfWeek, yesterday = (today + 6) % 7;
        TimeSpan clock = local.TimeOfDay;
        return Array.Exists(_spans, span => span.From < span.To
            ? span.Days[today] && span.From <= clock && clock < span.To
            : (span.Days[today] && span.From <= clock) || (span.Days[yesterday] && clock < span.To));
    }

    private static (bool[] Days, TimeSpan From, TimeSpan To) Span(RuleHours? hours, int index, List<string> mistakes)
    {
        hours ??= new RuleHours();
        string[] names = hours.Days is { Length: > 0 } given ? given : DayNames;
        if (names.Length > DayNames.Length || names.Except(DayNames, StringComparer.Ordinal).Any())
        {
            mistakes.Add($"hours[{index}].days are out of mon, tue, wed, thu, fri, sat, sun.");
        }

        TimeSpan? from = Clock(hours.From ?? "00:00"), to = Clock(hours.To ?? "24:00");
        if (from is null || from == TimeSpan.FromDays(1) || to is null)
        {
            mistakes.Add($"hours[{index}].from is a time from 00:00 to 23:59, and to one up to 24:00.");
        }
        else if (from == to)
        {
            mistakes.Add($"hours[{index}] begins and ends at the same time; leave both out for the whole day.");
        }

        return ([.. DayNames.Select(day => names.Contains(day, StringComparer.Ordinal))], from ?? TimeSpan.Zero, to ?? TimeSpan.Zero);
    }

    private static TimeSpan? Clock(string text) => text == "24:00" ? TimeSpan.FromDays(1)
        : TimeSpan.TryParseExact(text, @"hh\:mm", CultureInfo.InvariantCulture, out TimeSpan time) ? time
        : null;
}
