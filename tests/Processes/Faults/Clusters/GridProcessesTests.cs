using System.Net;
using System.Text.Json;
using FaceGrid.Search;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Faults.Clusters;

/// <summary>Goal: several nodes are one grid. Method: three real processes and a real PostgreSQL; what one enrols the others find, exactly, also when one is killed.</summary>
public sealed class GridProcessesTests
{
    private const int People = 120;
    private const string Gallery = "/v1/galleries/people";
    private readonly Dictionary<string, float[]> _enrolled = [];

    [Fact]
    public async Task What_one_node_enrols_the_others_find_also_when_one_dies()
    {
        var random = new Random(20261125);
        await using GridProcesses grid = await GridProcesses.StartAsync(3, ("FaceGrid__Grid__ShardPeopleMax", "32"));
        NodeProcess[] nodes = [.. grid.Serving.Values];
        await nodes[0].SendAsync(HttpMethod.Put, Gallery, new { contract = new { id = "test@1", dimension = TestVectors.Dimension }, identifyThreshold = 0.1 });
        for (int i = 0; i < People; i++)
        {
            string person = $"person-{i}";
            float[] vector = TestVectors.RandomUnit(random);
            (HttpStatusCode status, JsonElement answer) = await nodes[i % 3].SendAsync(HttpMethod.Post, $"{Gallery}/people/{person}/faces", new { embedding = vector });
            _enrolled.Add(person, vector);
            if (status == HttpStatusCode.Accepted) // Durable, and not searchable within the time that an answer may take: shards double while this goes on, on a machine that may be busy.
            {
                await Eventually.AssertAsync(() => CheckAsync(nodes[(i + 1) % 3], vector));
                continue;
            }

            status.ShouldBe(HttpStatusCode.Created, answer.ToString());
            await CheckAsync(nodes[(i + 1) % 3], vector);
        }

        await grid.KillAsync("node-2");
        foreach (float[] vector in _enrolled.Values)
        {
            foreach (NodeProcess node in grid.Serving.Values)
            {
                await Eventually.AssertAsync(() => CheckAsync(node, vector));
            }
        }
    }

    private async Task CheckAsync(NodeProcess node, float[] probe)
    {
        (HttpStatusCode status, JsonElement answer) = await node.SendAsync(HttpMethod.Post, $"{Gallery}/identify?limit=5", new { embeddings = new[] { probe } });
        status.ShouldBe(HttpStatusCode.OK, answer.ToString());
        answer.GetProperty("complete").GetBoolean().ShouldBeTrue();
        answer.GetProperty("people").GetInt32().ShouldBe(_enrolled.Count);
        SearchHit[] plain = PlainSearch.Search(_enrolled.Select(pair => (pair.Key, pair.Value)), probe, 5);
        JsonElement[] candidates = [.. answer.GetProperty("faces")[0].GetProperty("candidates").EnumerateArray()];
        candidates.Select(candidate => (candidate.GetProperty("person").GetString(), candidate.GetProperty("distance").GetSingle()))
            .ShouldBe(plain.Select(hit => ((string?)hit.Person, MathF.Sqrt(hit.SquaredDistance))));
    }
}
