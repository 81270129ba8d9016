using System.Net;
using System.Text.Json;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Operations;

/// <summary>
/// Goal: a picture of a face held up to the camera gets nobody in where a live face is required. Method: real nodes, with the models and without, the three pictures at hand (one live face, two pictures of faces),
/// and the policy of the gallery.
/// </summary>
public sealed class LivenessTests
{
    private const string Gallery = "/v1/galleries/default";
    private const string Person = Gallery + "/people/ada";
    private const string Live = "image_T1.jpg";

    private static readonly string[] Spoofs = ["image_F1.jpg", "image_F2.jpg"];

    private static (string, string)[] WithModels =>
        [("FACEGRID_MODELS", TestData.Models), ("FaceGrid__Vision__Pad__0", "minifasnet-v2"), ("FaceGrid__Vision__Pad__1", "minifasnet-v1se")];

    [Fact]
    public async Task Where_a_live_face_is_required_pictures_of_faces_are_nobody()
    {
        using var directory = new TemporaryDirectory();
        await using NodeProcess node = await NodeProcess.StartAsync(directory.Path, WithModels);
        await RequireAsync(node);

        (int status, JsonElement enrolled) = await PostAsync(node, Person + "/faces", Live);
        status.ShouldBe(201);
        enrolled.GetProperty("liveness").GetProperty("models").GetArrayLength().ShouldBe(2);
        foreach (string spoof in Spoofs)
        {
            (status, JsonElement refused) = await PostAsync(node, Person + "/faces", spoof);
            (status, refused.GetProperty("code").GetString()).ShouldBe((422, "presentation-attack"));
            JsonElement face = (await PostAsync(node, Gallery + "/identify", spoof)).Body.GetProperty("faces")[0];
            face.GetProperty("decision").GetString().ShouldBe("spoof");
            face.GetProperty("candidates").GetArrayLength().ShouldBe(0);
            JsonElement verified = (await PostAsync(node, Person + "/verify", spoof)).Body;
            verified.GetProperty("match").GetBoolean().ShouldBeFalse();
            verified.GetProperty("reason").GetString().ShouldBe("presentation-attack");
        }

        JsonElement found = (await PostAsync(node, Gallery + "/identify", Live)).Body.GetProperty("faces")[0];
        (found.GetProperty("decision").GetString(), found.GetProperty("person").GetString()).ShouldBe(("match", "ada"));
        (await PostAsync(node, Person + "/verify", Live)).Body.GetProperty("match").GetBoolean().ShouldBeTrue();
        (_, JsonElement cluster) = await node.SendAsync(HttpMethod.Get, "/v1/cluster");
        cluster.GetProperty("embedders").EnumerateObject().Single().Value.GetProperty("pad").GetArrayLength().ShouldBe(2);
        string metrics = await node.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        metrics.Split('\n').ShouldContain(line => line.StartsWith("facegrid_gateway_liveness_total{", StringComparison.Ordinal)
            && line.Contains("decision=\"spoof\"", StringComparison.Ordinal) && line.Contains("policy=\"require\"", StringComparison.Ordinal) && line.Contains("} 6", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_model_what_requires_a_live_face_is_refused_and_the_rest_goes_on()
    {
        using var directory = new TemporaryDirectory();
        await using NodeProcess node = await NodeProcess.StartAsync(directory.Path, ("FACEGRID_MODELS", TestData.Models));
        (await PostAsync(node, Person + "/faces", Live)).Status.ShouldBe(201);
        (await PostAsync(node, "/v1/detect", Live)).Body.GetProperty("faces")[0].TryGetProperty("liveness", out _).ShouldBeFalse();
        await RequireAsync(node);

        foreach (string path in new[] { Person + "/faces", Person + "/verify", Gallery + "/identify" })
        {
            (int status, JsonElement body) = await PostAsync(node, path, Live);
            (status, body.GetProperty("code").GetString()).ShouldBe((503, "pad-unavailable"), path);
        }
    }

    [Theory]
    [InlineData("no-such-profile", "no-such-profile")]
    [InlineData("yunet-n", "is a detector, not a pad")]
    public async Task A_node_with_a_profile_that_is_no_such_model_does_not_start(string profile, string says)
    {
        using var directory = new TemporaryDirectory();
        (int exitCode, string output) = await NodeProcess.StartRefusedAsync(directory.Path, ("FACEGRID_MODELS", TestData.Models), ("FaceGrid__Vision__Pad__0", profile));
        exitCode.ShouldBe(2, output);
        output.ShouldContain(says);
    }

    private static async Task RequireAsync(NodeProcess node) =>
        (await node.SendAsync(HttpMethod.Put, Gallery, new { policy = new { pad = new { verify = "require", identify = "require", enrol = "require" } } })).Status.ShouldBe(HttpStatusCode.OK);

    private static async Task<(int Status, JsonElement Body)> PostAsync(NodeProcess node, string path, string picture)
    {
        (int status, string body) = await Portraits.PostAsync(node, path, await File.ReadAllBytesAsync(Path.Combine(TestData.Pictures, "liveness", picture), TestContext.Current.CancellationToken));
        return (status, JsonDocument.Parse(body).RootElement);
    }
}
