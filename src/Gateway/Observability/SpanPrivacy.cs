using System.Collections.Frozen;
using System.Diagnostics;
using OpenTelemetry;

namespace FaceGrid.Gateway.Observability;

/// <summary>
/// Removes everything from a span that could identify a person, before the span is exported: paths and queries hold ids and names of
/// people, Orleans tags hold grain ids, and exception messages may hold either. Only tags that are known to be harmless are kept. So a tag
/// that a new release of a library adds is left out until it is added to the list here.
/// </summary>
internal sealed class SpanPrivacy : BaseProcessor<Activity>
{
    private static readonly FrozenSet<string> Kept = FrozenSet.Create(
        StringComparer.Ordinal,
        "http.request.method", "http.response.status_code", "http.route", "url.scheme", "network.protocol.version", "error.type",
        "rpc.system", "rpc.system.name", "rpc.service", "orleans.rpc.service", "rpc.method", "exception.type",
        "orleans.grain.type", "orleans.silo.id", "orleans.placement.filter.type",
        "orleans.storage.provider", "orleans.storage.state.name", "orleans.storage.state.type");

    public override void OnEnd(Activity data)
    {
        foreach (KeyValuePair<string, object?> tag in data.TagObjects.ToArray())
        {
            if (!Kept.Contains(tag.Key) && !tag.Key.StartsWith("facegrid.", StringComparison.Ordinal))
            {
                data.SetTag(tag.Key, null);
            }
        }

        if (data.StatusDescription is not null)
        {
            data.SetStatus(data.Status);
        }

        // Events cannot be removed from a span. Only libraries add events, with exceptions and addresses in them, so a span with events is
        // not exported.
        if (data.Events.Any())
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
