using Xunit;

namespace FaceGrid.Tests.Gateway;

/// <summary>
/// Tests that read a gateway's metrics run alone: gateways of other tests in this process have meters of the same names, of observed counters the exporter keeps what the last of them said, and it drops a counter when any of them ends.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class GatewayMetrics
{
    public const string Name = "gateway metrics";
}
