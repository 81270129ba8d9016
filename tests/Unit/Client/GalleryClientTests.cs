using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using FaceGrid.Client;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Client;

/// <summary>
/// Goal: people who meet a busy part of the grid are sent again, alone, and results come in the order of the people; lists are read to
/// their end. Method: a handler that answers with prepared statuses and notes what it was sent.
/// </summary>
public sealed class GalleryClientTests
{
    private static readonly Uri Server = new("http://grid.example");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SendPeopleAsync_SomeAreBusy_SendsThoseAgainAlone()
    {
        using Answers handler = new(Results(201, 503, 409), Results(200));
        FakeTimeProvider clock = new();
        using ClusterClient cluster = new(Server, patience: TimeSpan.FromHours(1), clock: clock, handler: handler);
        Task<IReadOnlyList<PersonResult>> sending = Send(cluster, untilSearchable: false);
        await AdvanceUntilAsync(sending, clock);
        (await sending).Select(result => result.Status).ShouldBe([201, 200, 409]);
        handler.Bodies.Select(Ids).ShouldBe(["a,b,c", "b"]);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public async Task SendPeopleAsync_StoredButNotSearchable_IsSentAgainOnlyWhereAskedFor(bool untilSearchable, int requests)
    {
        using Answers handler = new(Results(201, 202, 201), Results(200));
        FakeTimeProvider clock = new();
        using ClusterClient cluster = new(Server, patience: TimeSpan.FromHours(1), clock: clock, handler: handler);
        Task<IReadOnlyList<PersonResult>> sending = Send(cluster, untilSearchable);
        await AdvanceUntilAsync(sending, clock);
        (await sending)[1].Status.ShouldBe(untilSearchable ? 200 : 202);
        handler.Bodies.Count.ShouldBe(requests);
    }

    [Fact]
    public async Task SendPeopleAsync_BusyBeyondThePatience_Throws()
    {
        using Answers handler = new(Results(503, 201, 201), Results(503));
        FakeTimeProvider clock = new();
        using ClusterClient cluster = new(Server, patience: TimeSpan.Zero, clock: clock, handler: handler);
        Task<IReadOnlyList<PersonResult>> sending = Send(cluster, untilSearchable: false);
        await AdvanceUntilAsync(sending, clock);
        (await Should.ThrowAsync<ClusterProblemException>(() => sending)).Status.ShouldBe(503);
        handler.Bodies.Count.ShouldBeInRange(1, 2, "after the pause of a second the patience is used up");
    }

    [Fact]
    public async Task SendPeopleAsync_FewerResultsThanPeople_IsNoGateway()
    {
        using Answers handler = new(Results(201));
        using ClusterClient cluster = new(Server, handler: handler);
        (await Should.ThrowAsync<ClusterProblemException>(() => Send(cluster, untilSearchable: false)))
            .Code.ShouldBe(ClusterProblemException.NotAGateway);
    }

    [Fact]
    public async Task PagesAsync_NamesThePositionOfEachNextPage()
    {
        using Answers handler = new("""{"people":[1],"next":"a b"}""", """{"people":[2],"next":null}""");
        using ClusterClient cluster = new(Server, handler: handler);
        List<JsonElement> people = [];
        await foreach (JsonElement page in cluster.PagesAsync("v1/galleries/g/people?limit=1", Cancel))
        {
            people.AddRange(page.Items("people"));
        }

        people.Count.ShouldBe(2);
        handler.Paths.ShouldBe(["/v1/galleries/g/people?limit=1", "/v1/galleries/g/people?limit=1&after=a%20b"]);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("<html>")]
    public async Task GetAsync_SuccessThatIsNotJson_IsNoGatewayAndNotTriedAgain(string body)
    {
        using Answers handler = new(body);
        using ClusterClient cluster = new(Server, handler: handler);
        ClusterProblemException problem = await Should.ThrowAsync<ClusterProblemException>(() => cluster.GetAsync("v1/cluster", Cancel));
        (problem.Code, problem.IsTransient, handler.Paths.Count).ShouldBe((ClusterProblemException.NotAGateway, false, 1));
    }

    [Theory]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("", false)]
    [InlineData("a/b", false)]
    [InlineData("Ada@x:1", true)]
    public void PersonPath_TakesIdsThatCanStandInAPath(string person, bool isId)
    {
        ClusterPaths.IsPersonId(person).ShouldBe(isId);
        if (isId)
        {
            ClusterPaths.Person("g", person).ShouldBe("v1/galleries/g/people/" + Uri.EscapeDataString(person));
        }
        else
        {
            Should.Throw<ArgumentException>(() => ClusterPaths.Person("g", person));
        }
    }

    private static Task<IReadOnlyList<PersonResult>> Send(ClusterClient cluster, bool untilSearchable) =>
        new GalleryClient(cluster, "g").SendPeopleAsync(
            new[] { "a", "b", "c" }.Select(id => new { Id = id }).ToArray(), untilSearchable, Cancel);

    private static async Task AdvanceUntilAsync(Task task, FakeTimeProvider clock)
    {
        while (!task.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(task, Task.Delay(TimeSpan.FromMilliseconds(20), Cancel));
        }
    }

    private static string Results(params int[] statuses) =>
        new JsonObject { ["results"] = new JsonArray([.. statuses.Select(status => new JsonObject { ["status"] = status })]) }
            .ToJsonString();

    private static string Ids(string body) =>
        string.Join(',', JsonNode.Parse(body)!["people"]!.AsArray().Select(person => (string?)person!["id"]));

    /// <summary>Answers each request with the next document.</summary>
    private sealed class Answers(params string[] documents) : HttpMessageHandler
    {
        public List<string> Bodies { get; } = [];

        public List<string> Paths { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Paths.Add(request.RequestUri!.PathAndQuery);
            if (request.Content is { } content)
            {
                Bodies.Add(await content.ReadAsStringAsync(cancellationToken));
            }

            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(documents[Paths.Count - 1]) };
        }
    }
}
