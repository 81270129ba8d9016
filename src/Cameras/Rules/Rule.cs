using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Rules;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Cameras.Outbound;

namespace FaceGrid.Cameras.Rules;

/// <summary>The settings of a rule after their check. It says which events the rule is about.</summary>
internal sealed class Rule
{
    /// <summary>Most entries of one list of a rule.</summary>
    public const int ListMax = 1_000;

    // The limits of the sources of cameras.
    private const int AddressMax = 2_048, LoginMax = 256;

    private const string Begun = "begun", Ended = "ended";

    private readonly HashSet<string> _people;
    private readonly HashSet<string> _galleries;
    private readonly HashSet<string> _cameras;
    private readonly RuleWho? _who;
    private readonly RuleCalendar _calendar;
    private readonly string[] _moments;

    private Rule(RuleSettings settings, RuleCalendar calendar)
    {
        _who = settings.Who;
        _people = [.. settings.Who?.People ?? []];
        _galleries = [.. settings.Who?.Galleries ?? []];
        _cameras = [.. settings.Cameras ?? []];
        _calendar = calendar;
        _moments = settings.Moments is { Length: > 0 } moments ? moments : [Begun];
        Cooldown = TimeSpan.FromSeconds(settings.CooldownSeconds ?? 0);
        IsEnabled = settings.Enabled ?? true;
    }

    /// <summary>For how long a person is not published again.</summary>
    public TimeSpan Cooldown { get; }

    private bool IsEnabled { get; }

    /// <summary>Reads settings.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="mistakes">Takes a sentence for each mistake.</param>
    /// <returns>The rule, or null when there were mistakes.</returns>
    public static Rule? Read(RuleSettings settings, List<string> mistakes)
    {
        int before = mistakes.Count;
        CheckWho(settings.Who, mistakes);
        CheckList(settings.Cameras, "cameras", Ids.IsPlain, "camera ids", mistakes);
        if (settings.Moments?.Length > 2 || settings.Moments?.Except([Begun, Ended], StringComparer.Ordinal).Any() == true)
        {
            mistakes.Add("moments are out of begun, ended, each once.");
        }

        if (settings.CooldownSeconds is not null and not (>= 0 and <= 2_592_000))
        {
            mistakes.Add("cooldownSeconds is 0 to 2,592,000.");
        }

        RuleCalendar calendar = RuleCalendar.Read(settings, mistakes);
        return mistakes.Count == before ? new Rule(settings, calendar) : null;
    }

    /// <summary>Checks the target of settings.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="addresses">Which addresses are allowed.</param>
    /// <param name="options">Whether there is a broker.</param>
    /// <param name="mistakes">Takes a sentence for each mistake.</param>
    public static void CheckTarget(RuleSettings settings, AddressRules addresses, RuleOptions options, List<string> mistakes)
    {
        if (settings.Webhook is null == settings.Mqtt is null)
        {
            mistakes.Add("A rule has a webhook or mqtt, and not both.");
        }

        if (settings.Webhook is { } webhook)
        {
            if (addresses.Complaint(webhook.Url ?? "", "http", "https") is { } complaint)
            {
                mistakes.Add($"webhook.url: {complaint}");
            }

            if (webhook.Url?.Length > AddressMax)
            {
                mistakes.Add($"webhook.url has at most {AddressMax} characters.");
            }

            if (webhook.Secret is { Length: > 0 and (< 16 or > 256) })
            {
                mistakes.Add("webhook.secret has 16 to 256 characters.");
            }
        }

        if (settings.Mqtt is { } mqtt)
        {
            CheckMqtt(mqtt, addresses, options, mistakes);
        }
    }

    /// <summary>Whether to publish an event.</summary>
    /// <param name="seen">The event.</param>
    /// <returns>The moment, <c>begun</c> or <c>ended</c>, or null for not.</returns>
    public string? MomentOf(SightingEvent seen)
    {
        Sighting sighting = seen.Sighting;
        bool isMeant = IsEnabled
            && (_cameras.Count == 0 || _cameras.Contains(sighting.Camera))
            && Includes(sighting)
            && _calendar.Covers(sighting.LastSeen);
        return !isMeant ? null
            : seen.Change == SightingChange.Ended && _moments.Contains(Ended) ? Ended
            : seen.NewVisitor && _moments.Contains(Begun) ? Begun
            : null;
    }

    /// <summary>Who counts as the same person within a cooldown.</summary>
    /// <param name="sighting">A visit.</param>
    /// <returns>A text that is the same for the same person.</returns>
    public static string PersonOf(Sighting sighting) => sighting switch
    {
        { Person: { } person } => $"{sighting.Gallery}/{person}",
        { Visitor: { } visitor } => $"{sighting.VisitorGallery}/{visitor}",
        _ => "@" + sighting.Camera,
    };

    private bool Includes(Sighting sighting) => _who is null || sighting switch
    {
        { Person: not null } => _who.Known || _galleries.Contains(sighting.Gallery!) || _people.Contains(PersonOf(sighting)),
        { Visitor: not null } =>
            _who.Visitors || _galleries.Contains(sighting.VisitorGallery ?? "") || _people.Contains(PersonOf(sighting)),
        _ => _who.Unknown,
    };

    private static void CheckWho(RuleWho? who, List<string> mistakes)
    {
        if (who is null)
        {
            return;
        }

        CheckList(who.People, "who.people", IsPerson, "gallery/person", mistakes);
        CheckList(who.Galleries, "who.galleries", Ids.IsPlain, "gallery ids", mistakes);
        if (who is { People: null or [], Galleries: null or [], Known: false, Unknown: false, Visitors: false })
        {
            mistakes.Add("who names nobody; leave it out for everybody.");
        }

        if (who is { Known: true } and ({ People.Length: > 0 } or { Galleries.Length: > 0 }))
        {
            mistakes.Add("who.known is everybody in all galleries; it has no people or galleries beside it.");
        }

        IEnumerable<string> galleries = (who.People ?? []).Where(IsPerson).Select(GalleryOf);
        if (galleries.FirstOrDefault(gallery => who.Galleries?.Contains(gallery) == true) is { } twice)
        {
            mistakes.Add($"who.people names somebody of gallery {twice}, all of which is in who.galleries.");
        }
    }

    private static void CheckMqtt(RuleMqtt mqtt, AddressRules addresses, RuleOptions options, List<string> mistakes)
    {
        if (mqtt.Broker is null && options.Mqtt.Address is null)
        {
            mistakes.Add("mqtt.broker is needed: the nodes have no broker of their own (FaceGrid:Rules:Mqtt:Address).");
        }

        if (mqtt.Broker is null && (mqtt.UserName ?? mqtt.Password) is not null)
        {
            mistakes.Add("mqtt.userName and mqtt.password are for a broker that the rule names.");
        }

        if (mqtt.UserName?.Length > LoginMax || mqtt.Password?.Length > LoginMax)
        {
            mistakes.Add($"mqtt.userName and mqtt.password have at most {LoginMax} characters each.");
        }

        if (mqtt.Broker?.Length > AddressMax)
        {
            mistakes.Add($"mqtt.broker has at most {AddressMax} characters.");
        }

        if (mqtt.Broker is { } broker && addresses.Complaint(broker, "mqtt", "mqtts") is { } complaint)
        {
            mistakes.Add($"mqtt.broker: {complaint}");
        }

        if (mqtt.Topics?.Keys.Except(MqttMessages.Kinds, StringComparer.Ordinal).Any() == true || mqtt.Topics?.Count == 0)
        {
            mistakes.Add($"mqtt.topics has keys out of {string.Join(", ", MqttMessages.Kinds)}.");
        }

        if (mqtt.Topics?.Values.All(IsTopic) == false)
        {
            mistakes.Add("mqtt.topics has beginnings of topics: 1 to 200 characters without +, # and slashes at the ends.");
        }
    }

    private static bool IsTopic(string? topic) => topic is { Length: >= 1 and <= 200 }
        && topic.AsSpan().IndexOfAny("+#\0") < 0
        && !topic.StartsWith('/')
        && !topic.EndsWith('/');

    private static string GalleryOf(string person) => person[..person.IndexOf('/', StringComparison.Ordinal)];

    private static void CheckList(string[]? list, string name, Func<string, bool> fits, string what, List<string> mistakes)
    {
        if (list?.Length > ListMax)
        {
            mistakes.Add($"{name} has at most {ListMax} entries.");
        }
        else if (list?.Any(entry => entry is null || !fits(entry)) == true)
        {
            mistakes.Add($"{name} are {what}.");
        }
    }

    // Null in a list is a mistake like any other.
    private static bool IsPerson(string? text)
    {
        int slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        return slash > 0 && Ids.IsPlain(text![..slash]) && Ids.IsPerson(text[(slash + 1)..]);
    }
}
