namespace FaceGrid.Abstractions.Rules;

/// <summary>Which sightings to publish, and where. A write replaces all of it; a member that is absent has its default.</summary>
/// <param name="Enabled">False: nothing is published, and events of that time are not published later either. Default true.</param>
/// <param name="Who">Whose visits; null for everybody's.</param>
/// <param name="Cameras">At which cameras; null or empty for all.</param>
/// <param name="Hours">At which hours of <paramref name="TimeZone"/>; null or empty for all.</param>
/// <param name="TimeZone">IANA name, such as <c>Europe/Berlin</c>. Default <c>UTC</c>.</param>
/// <param name="Moments">
/// Out of <c>begun</c> (it is first known that such a visitor is there) and <c>ended</c>. Default <c>begun</c>.
/// </param>
/// <param name="CooldownSeconds">
/// After a person was published, they are not published again for so long, per moment. All unknown people of a camera who are not
/// recognised as visitors count as one person. 0 to 2,592,000 (30 days), default 0.
/// </param>
/// <param name="Webhook">Target by HTTP; either this or <paramref name="Mqtt"/>.</param>
/// <param name="Mqtt">Target by MQTT.</param>
[GenerateSerializer, Immutable]
[Alias("fg.rule-settings")]
public sealed record RuleSettings(
    [property: Id(0)] bool? Enabled = null,
    [property: Id(1)] RuleWho? Who = null,
    [property: Id(2)] string[]? Cameras = null,
    [property: Id(3)] RuleHours[]? Hours = null,
    [property: Id(4)] string? TimeZone = null,
    [property: Id(5)] string[]? Moments = null,
    [property: Id(6)] double? CooldownSeconds = null,
    [property: Id(7)] RuleWebhook? Webhook = null,
    [property: Id(8)] RuleMqtt? Mqtt = null)
{
    /// <summary>The settings without secrets, which are never shown.</summary>
    /// <returns>A copy in which secrets are null and <c>hasSecret</c> and <c>hasPassword</c> say whether there is one.</returns>
    public RuleSettings WithoutSecrets() => this with
    {
        Webhook = Webhook is null ? null : Webhook with { Secret = null, HasSecret = Webhook.Secret is { Length: > 0 } },
        Mqtt = Mqtt is null ? null : Mqtt with { Password = null, HasPassword = Mqtt.Password is { Length: > 0 } },
    };

    /// <summary>The settings with the secrets of the former ones, where the target is the same and no secrets are given.</summary>
    /// <param name="before">The former settings, or null.</param>
    /// <returns>A copy.</returns>
    public RuleSettings WithSecretsOf(RuleSettings? before) => this with
    {
        Webhook = Webhook is { Secret: null } && before?.Webhook is { } webhook && Webhook.Url == webhook.Url
            ? Webhook with { Secret = webhook.Secret }
            : Webhook,
        Mqtt = Mqtt is { Password: null } && before?.Mqtt is { } mqtt && Mqtt.Broker == mqtt.Broker && Mqtt.UserName == mqtt.UserName
            ? Mqtt with { Password = mqtt.Password }
            : Mqtt,
    };
}

/// <summary>Whose visits a rule is about. All members that are given add up.</summary>
/// <param name="People">These people, as <c>gallery/person</c>.</param>
/// <param name="Galleries">Everybody in these galleries, visitors of a gallery of visitors included.</param>
/// <param name="Known">Everybody who is known.</param>
/// <param name="Unknown">Everybody who is unknown and not recognised as a visitor.</param>
/// <param name="Visitors">Everybody who is unknown and recognised as a visitor.</param>
[GenerateSerializer, Immutable]
[Alias("fg.rule-who")]
public sealed record RuleWho(
    [property: Id(0)] string[]? People = null,
    [property: Id(1)] string[]? Galleries = null,
    [property: Id(2)] bool Known = false,
    [property: Id(3)] bool Unknown = false,
    [property: Id(4)] bool Visitors = false);

/// <summary>A span of hours on some days of the week.</summary>
/// <param name="Days">Out of <c>mon tue wed thu fri sat sun</c>; null or empty for all.</param>
/// <param name="From">Beginning, <c>HH:MM</c>, 00:00 to 23:59. Default 00:00.</param>
/// <param name="To">
/// End, exclusive, up to 24:00. Before <paramref name="From"/> it is on the next day, and the days are those of the beginning. Default
/// 24:00.
/// </param>
[GenerateSerializer, Immutable]
[Alias("fg.rule-hours")]
public sealed record RuleHours(
    [property: Id(0)] string[]? Days = null,
    [property: Id(1)] string? From = null,
    [property: Id(2)] string? To = null);

/// <summary>An HTTP target.</summary>
/// <param name="Url">Address to post to, http or https.</param>
/// <param name="Secret">
/// Key of the signature, 16 to 256 characters; null keeps the known one of this address, empty means none. It is never shown again.
/// </param>
/// <param name="Picture">True: where a sighting has a picture, its address is in the message. Default false.</param>
/// <param name="HasSecret">Shown only: whether there is a secret.</param>
[GenerateSerializer, Immutable]
[Alias("fg.rule-webhook")]
public sealed record RuleWebhook(
    [property: Id(0)] string Url,
    [property: Id(1)] string? Secret = null,
    [property: Id(2)] bool Picture = false,
    [property: Id(3)] bool? HasSecret = null)
{
    /// <summary>The host alone: the rest of the address may be a secret itself.</summary>
    /// <returns>Text for logs and errors.</returns>
    public override string ToString() =>
        Uri.TryCreate(Url, UriKind.Absolute, out Uri? address) ? $"webhook at {address.Authority}" : "webhook";
}

/// <summary>An MQTT target.</summary>
/// <param name="Broker">
/// Address, <c>mqtt://host[:port]</c> or <c>mqtts://host[:port]</c>; null for the one that the nodes are configured with.
/// </param>
/// <param name="UserName">User name at that broker, or null.</param>
/// <param name="Password">Password there; null keeps the known one of this broker and user. It is never shown again.</param>
/// <param name="Topics">
/// Which messages are sent, each with the beginning of its topics: keys out of <c>facegrid</c>, <c>double-take</c>, <c>frigate</c>; null is
/// <c>{"facegrid":"facegrid"}</c>.
/// </param>
/// <param name="HasPassword">Shown only: whether there is a password.</param>
[GenerateSerializer, Immutable]
[Alias("fg.rule-mqtt")]
public sealed record RuleMqtt(
    [property: Id(0)] string? Broker = null,
    [property: Id(1)] string? UserName = null,
    [property: Id(2)] string? Password = null,
    [property: Id(3)] Dictionary<string, string>? Topics = null,
    [property: Id(4)] bool? HasPassword = null)
{
    /// <summary>The broker, without user name and password.</summary>
    /// <returns>Text for logs and errors.</returns>
    public override string ToString() =>
        Uri.TryCreate(Broker, UriKind.Absolute, out Uri? address) ? $"broker at {address.Authority}" : "broker of the nodes";
}
