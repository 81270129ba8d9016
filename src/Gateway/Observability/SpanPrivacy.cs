using System.Collections.Frozen;
using System.Diagnostics;
using OpenTelemetry;

namespace FaceGrid.Gateway.Observability;

/// <summary>
/// Takes out of a span, before it is exported, whatever could say who somebody is: paths and queries hold ids and names of people,
/// Orleans tags hold grain ids, and messages of exceptions may hold either. What is known to hold none is kept; everything else goes, so
/// a tag that a new release of a library adds is left out until somebody has looked at it.
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

        // Events cannot be taken out again. Only libraries add any, with exceptions and addresses in them; such a span is not exported.
        if (data.Events.Any())
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
