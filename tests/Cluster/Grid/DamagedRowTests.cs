using System.Text.Json;
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Cameras.State;
using FaceGrid.Tests.Cameras;
using FaceGrid.Tests.Gateway;
using FaceGrid.Tests.Support;
using Orleans.Core.Internal;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Goal: a damaged row of a camera, a rule, a gallery or a person is told by its name, and all others go on; also such a person can be
/// deleted. Method: a grid and a gateway in this process, bytes that somebody has written over.
/// </summary>
public sealed class DamagedRowTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>The beginning of the row, nothing, a byte, many, and text.</summary>
    private static readonly string[] Damages =
        ["substr(Payload, 1, length(Payload) / 2)", "x''", "x'00'", "x'FFFFFFFFFFFFFFFF'",
            "x'E0A1C2D35577FF010203408090A0B0C0D0E0F0112233445566778899AABBCCDD'", "x'7B7D'"];

    [Fact]
    public async Task What_is_damaged_is_named_and_the_others_are_listed_and_work()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        await using GatewayHost gateway = await GatewayHost.StartAsync(house.Grid.Grains);
        foreach (string id in new[] { "a", "b", "c" })
        {
            await house.PutGalleryAsync(id);
            await house.PutAsync(id, new CameraChange { Enabled = id != "c" });
            (int status, JsonElement made) = await gateway.PutAsync("/v1/rules/" + id,
                GatewayHost.Json("""{"webhook":{"url":"http://hooks.example/"}}"""));
            status.ShouldBe(201, made.GetRawText());
        }

        foreach (string bytes in Damages)
        {
            await DamageAsync(house, bytes);
            foreach ((string path, string list) in new[] { ("/v1/cameras", "cameras"), ("/v1/rules", "rules"),
                ("/v1/galleries", "galleries") })
            {
                JsonElement page = await gateway.GetAsync(path);
                string[] listed = [.. page.GetProperty(list).EnumerateArray().Select(item => item.GetProperty("id").GetString()!)];
                listed.ShouldBe(list == "galleries" ? ["a", "c", "default"] : ["a", "c"], $"{path} {bytes}");
                page.GetProperty("damaged").EnumerateArray().Select(id => id.GetString()).ShouldBe(["b"], $"{path} {bytes}");
            }
        }

        // Where the row is not in memory its grain says so, too.
        await house.Grid.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
        await Eventually.AssertAsync(async () =>
        {
            (int status, JsonElement problem) = await gateway.SendAsync(HttpMethod.Get, "/v1/galleries/b", null);
            (status, problem.GetProperty("code").GetString()).ShouldBe((500, "row-damaged"), problem.GetRawText());
        });
        (await gateway.SendAsync(HttpMethod.Get, "/v1/galleries/a", null)).Status.ShouldBe(200);
        await house.PutAsync("c", new CameraChange { Enabled = true });
        await Eventually.AssertAsync(async () => (await house.Camera("c").GetAsync())!.Status!.Running.ShouldBeTrue());
    }

    [Fact]
    public async Task Who_has_a_damaged_row_is_named_and_everybody_else_is_found()
    {
        await using CameraHouse house = await CameraHouse.StartAsync(options => options.ShardPeopleMax = 32);
        await using GatewayHost gateway = await GatewayHost.StartAsync(house.Grid.Grains);
        (int made, JsonElement gallery) = await gateway.PutAsync("/v1/galleries/staff",
            GatewayHost.Json("""{"contract":{"id":"test@1","dimension":64},"identifyThreshold":1.5,"verifyThreshold":1}"""));
        made.ShouldBe(201, gallery.GetRawText());
        var random = new Random(20261126);
        Dictionary<string, float[]> people = Enumerable.Range(0, 60)
            .ToDictionary(number => $"p{number}", _ => GridCluster.RandomUnit(random));
        await EnrolAsync(people.Take(20));
        foreach (string bytes in Damages.Where(bytes => bytes != "x''")) // A row without payload is nobody's.
        {
            await DamageAsync(house, bytes, "GrainKey LIKE 'staff/%/p7'", rows: 1);
            JsonElement page = await gateway.GetAsync("/v1/galleries/staff/people");
            page.GetProperty("people").GetArrayLength().ShouldBe(19, bytes);
            page.GetProperty("damaged").EnumerateArray().Select(person => person.GetString()).ShouldBe(["p7"], bytes);
        }

        (await NearestAsync("p7")).ShouldBe("p7", "the shard loaded him before");
        await EnrolAsync(people.Skip(20)); // More than a shard may hold: new ones load everybody from the rows.
        await Eventually.AssertAsync(async () =>
        {
            JsonElement grown = await gateway.GetAsync("/v1/galleries/staff");
            (grown.GetProperty("shards").GetInt32() > 1 && !grown.GetProperty("growing").GetBoolean()).ShouldBeTrue(grown.GetRawText());
        });
        foreach (string person in people.Keys)
        {
            string? nearest = await NearestAsync(person);
            (nearest == person).ShouldBe(person != "p7", person);
        }

        async Task EnrolAsync(IEnumerable<KeyValuePair<string, float[]>> some)
        {
            string body = JsonSerializer.Serialize(
                new { people = some.Select(one => new { id = one.Key, faces = new[] { new { embedding = one.Value } } }) });
            (int status, JsonElement enrolled) = await gateway.SendAsync(
                HttpMethod.Post, "/v1/galleries/staff/people", GatewayHost.Json(body));
            status.ShouldBe(200, enrolled.GetRawText());
            enrolled.GetProperty("results").EnumerateArray().ShouldAllBe(result => result.GetProperty("status").GetInt32() <= 202);
        }

        async Task<string?> NearestAsync(string person)
        {
            (int status, JsonElement body) = await gateway.SendAsync(
                HttpMethod.Post, "/v1/galleries/staff/identify",
                    GatewayHost.Json(JsonSerializer.Serialize(new { embeddings = new[] { people[person] } })));
            status.ShouldBe(200, body.GetRawText());
            return body.GetProperty("faces")[0].GetProperty("candidates")[0].GetProperty("person").GetString();
        }
    }

    [Fact]
    public async Task Who_has_a_damaged_row_can_be_deleted_and_enrolled_again()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        await using GatewayHost gateway = await GatewayHost.StartAsync(house.Grid.Grains);
        const string Path = "/v1/galleries/staff/people/p7";
        string vector = JsonSerializer.Serialize(GridCluster.RandomUnit(new Random(7))),
            enrolment = $$"""{"faces":[{"embedding":{{vector}}}]}""";
        (await gateway.PutAsync("/v1/galleries/staff", GatewayHost.Json("""{"contract":{"id":"test@1","dimension":64}}""")))
            .Status.ShouldBe(201);
        foreach (string bytes in Damages.Where(bytes => bytes != "x''"))
        {
            (int enrolled, JsonElement person) = await gateway.PutAsync(Path, GatewayHost.Json(enrolment));
            enrolled.ShouldBe(201, person.GetRawText());
            await DamageAsync(house, bytes, "GrainKey LIKE 'staff/%/p7'", rows: 1);
            await house.Grid.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
            await Eventually.AssertAsync(async () => // Until their grain has left memory.
            {
                (int read, JsonElement problem) = await gateway.SendAsync(HttpMethod.Get, Path, null);
                read.ShouldBe(500, problem.GetRawText());
                problem.GetProperty("code").GetString().ShouldBe("row-damaged", bytes);
            });
            (await gateway.PutAsync(Path, GatewayHost.Json(enrolment)))
                .Status.ShouldBe(500, "nothing is written over what a backup may still mend");

            (await gateway.SendAsync(HttpMethod.Delete, Path, null)).Status.ShouldBe(204, bytes);

            (await gateway.SendAsync(HttpMethod.Get, Path, null)).Status.ShouldBe(404, bytes);
            (await gateway.GetAsync("/v1/galleries/staff/people")).TryGetProperty("damaged", out _).ShouldBeFalse(bytes);
            (_, JsonElement found) = await gateway.SendAsync(
                HttpMethod.Post, "/v1/galleries/staff/identify", GatewayHost.Json($$"""{"embeddings":[{{vector}}]}"""));
            found.GetProperty("faces")[0].GetProperty("candidates").GetArrayLength().ShouldBe(0, found.GetRawText());
        }
    }

    [Fact]
    public async Task What_others_hold_in_a_damaged_row_keeps_nobody_from_being_deleted_and_a_merge_into_them_changes_nothing()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        await using GatewayHost gateway = await GatewayHost.StartAsync(house.Grid.Grains);
        const string People = "/v1/galleries/staff/people/";
        var random = new Random(8);
        (await gateway.PutAsync("/v1/galleries/staff", GatewayHost.Json("""{"contract":{"id":"test@1","dimension":64}}""")))
            .Status.ShouldBe(201);
        foreach (string person in new[] { "ada", "bob", "cy", "dan", "eve", "fay" })
        {
            string vector = JsonSerializer.Serialize(GridCluster.RandomUnit(random));
            (await gateway.PutAsync(People + person, GatewayHost.Json($$"""{"faces":[{"embedding":{{vector}}}]}"""))).Status.ShouldBe(201);
        }

        await DoAsync(HttpMethod.Put, "ada/different/bob", 204);
        await DoAsync(HttpMethod.Post, "cy/merge/dan", 200);
        await DoAsync(HttpMethod.Post, "cy/unmerge/dan", 200);
        foreach (string person in new[] { "bob", "cy", "eve" })
        {
            await DamageAsync(house, "x'FFFFFFFFFFFFFFFF'", $"GrainKey LIKE 'staff/%/{person}'", rows: 1);
        }

        await house.Grid.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
        foreach (string person in new[] { "bob", "cy", "eve" })
        {
            await Eventually.AssertAsync(() => DoAsync(HttpMethod.Get, person, 500));
        }

        await DoAsync(HttpMethod.Delete, "ada", 204);
        await DoAsync(HttpMethod.Get, "ada", 404);
        await DoAsync(HttpMethod.Delete, "dan", 204);
        await DoAsync(HttpMethod.Get, "dan", 404);
        await DoAsync(HttpMethod.Post, "eve/merge/fay", 500);
        (await gateway.PutAsync(People + "fay", GatewayHost.Json("""{"name":"Fay"}"""))).Status.ShouldBe(200);
        await DoAsync(HttpMethod.Delete, "fay", 204);

        async Task DoAsync(HttpMethod method, string path, int expected)
        {
            (int status, JsonElement body) = await gateway.SendAsync(method, People + path, null);
            status.ShouldBe(expected, $"{method} {path} {(body.ValueKind == JsonValueKind.Undefined ? "" : body.GetRawText())}");
        }
    }

    [Fact]
    public async Task A_camera_whose_open_visits_cannot_be_read_begins_anew()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        await using GatewayHost gateway = await GatewayHost.StartAsync(house.Grid.Grains);
        await house.PutAsync("a");
        await house.EnrolAsync(CameraHouse.Aniston, LfwFaces.Of(CameraHouse.Aniston, 1));
        await house.ShowAsync("a", Enumerable.Repeat(LfwFaces.Of(CameraHouse.Aniston, 1)[0], 3));
        await Eventually.AssertAsync(
            async () => (await house.Grid.Rows.ReadAsync(CameraStateNames.CameraVisits, ICameraGrain.KeyOf("a"), Cancelled))
                .ShouldNotBeNull());
        await gateway.PutAsync("/v1/cameras/a", GatewayHost.Json("""{"enabled":false}""")); // Or it writes them down again.
        await DamageAsync(house, "x'FFFFFFFFFFFFFFFF'", "GrainKey = 'camera/a' AND StateName = 'camera-visits'", rows: 1);
        await Eventually.AssertAsync(async () =>
        {
            await house.Camera("a").AsReference<IGrainManagementExtension>().DeactivateOnIdle();
            (int status, JsonElement camera) = await gateway.SendAsync(HttpMethod.Get, "/v1/cameras/a", null);
            status.ShouldBe(200, camera.GetRawText());
            (await house.Grid.Rows.ReadAsync(CameraStateNames.CameraVisits, ICameraGrain.KeyOf("a"), Cancelled))
                .ShouldBeNull("until its grain has left memory and read it");
        });
        (await gateway.SendAsync(HttpMethod.Delete, "/v1/cameras/a", null)).Status.ShouldBe(204);
    }

    private static Task DamageAsync(
        CameraHouse house, string bytes, string where = "GrainKey IN ('camera/b', 'rule/b', 'gallery/b')", int rows = 3) =>
            house.Grid.DamageAsync(where, bytes, rows);
}
