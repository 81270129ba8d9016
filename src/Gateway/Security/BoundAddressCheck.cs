using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace FaceGrid.Gateway.Security;

/// <summary>Checks the addresses that the server has really bound, because a host may choose them in code.</summary>
internal sealed class BoundAddressCheck(IServer server, IOptions<GatewayOptions> options) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        GatewayAddressPolicy.Check(server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [], options.Value.ApiKeys.Count > 0);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
