using System.Net;
using FaceGrid.Client;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Client;

/// <summary>
/// Goal: a grid that does not answer in time is asked again like one that refuses, and the message says what took too long. Method: a
/// handler that fails as a connection to a machine without power does.
/// </summary>
public sealed class ClusterClientTests
{
    private const string Event = "event: begun\nid: 8\ndata: {}\n\n";

    private static readonly Uri Server = new("http://grid.example/");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ListenAsync_ConnectionThatTakesTooLong_IsOpenedAgain()
    {
        using Unpowered handler = new(failures: 2);
        using ClusterClient client = Client(handler, TimeProvider.System);
        EventReader reader = new(client);
        await foreach (GridEvent told in reader.ListenAsync("v1/events", after: null, Cancel))
        {
            told.Id.ShouldBe("8");
            break;
        }

        handler.Asked.ShouldBe(3);
    }

    [Fact]
    public async Task GetAsync_ConnectionThatTakesTooLong_IsTriedAgainAndNamed()
    {
        using Unpowered twice = new(failures: 2);
        using ClusterClient client = Client(twice, TimeProvider.System);
        (await client.GetTextAsync("metrics", Cancel)).ShouldBe(Event);
        twice.Asked.ShouldBe(3);

        using ClusterClient impatient = Client(new Unpowered(failures: 1), TimeProvider.System, patienceSeconds: 0);
        (await Should.ThrowAsync<ClusterProblemException>(() => impatient.GetAsync("v1/cluster", Cancel))).Message
            .ShouldBe("No connection to http://grid.example/ within 10 s.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Request_AnswerThatTakesTooLong_IsNamed(bool stream)
    {
        FakeTimeProvider clock = new();
        using ClusterClient client = Client(new Silent(), clock, patienceSeconds: 0);
        Task asked = stream ? client.OpenStreamAsync("v1/events", lastEventId: null, Cancel) : client.GetAsync("v1/cluster", Cancel);
        clock.Advance(TimeSpan.FromMinutes(5));
        ClusterProblemException problem = await Should.ThrowAsync<ClusterProblemException>(() => asked);
        (problem.Code, problem.Message).ShouldBe(("timeout", "No answer from http://grid.example/ within 300 s."));
    }

    [Fact]
    public async Task Request_ThatItsCallerStops_IsNoProblemOfTheGrid()
    {
        using CancellationTokenSource stopped = new();
        using ClusterClient client = Client(new Silent(), TimeProvider.System);
        Task asked = client.OpenStreamAsync("v1/events", lastEventId: null, stopped.Token);
        await stopped.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => asked);
    }

    private static ClusterClient Client(HttpMessageHandler handler, TimeProvider clock, int patienceSeconds = 60) =>
        new(Server, key: null, TimeSpan.FromSeconds(patienceSeconds), clock, handler);

    /// <summary>Fails as <see cref="SocketsHttpHandler"/> does when a connection takes longer than it may, and then answers.</summary>
    private sealed class Unpowered(int failures) : HttpMessageHandler
    {
        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) => ++Asked <= failures
            ? throw new TaskCanceledException(
                "A task was canceled.", new TimeoutException("A connection could not be established within the configured ConnectTimeout."))
            : Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(Event) });
    }

    /// <summary>Takes a request, and never answers it.</summary>
    private sealed class Silent : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("Nobody waits any more.");
        }
    }
}
