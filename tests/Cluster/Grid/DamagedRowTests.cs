using System.Data.Common;
using System.Text.Json;
using FaceGrid.Tests.Cameras;
using FaceGrid.Tests.Gateway;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>Goal: a damaged row of a camera, a rule or a gallery is told by its name, and all others go on. Method: a grid and a gateway in this process, bytes that somebody has written over.</summary>
public sealed class DamagedRowTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>The beginning of the row, nothing, a byte, many, and text.</summary>
    private static readonly string[] Damages = ["substr(Payload, 1, length(Payload) / 2)", "x''", "x'00'", "x'FFFFFFFFFFFFFFFF'", "x'E0A1C2D35577FF010203408090A0B0C0D0E0F0112233445566778899AABBCCDD'", "x'7B7D'"];

    [Fact]
    public async Task What_is_damaged_is_named_and_the_others_are_listed_and_work()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        await using GatewayHost gateway = await GatewayHost.StartAsync(house.Grid.Grains);
        foreach (string id in new[] { "a", "b", "c" })
        {
            await house.PutGalleryAsync(id);
            await house.PutAsync(id, new CameraChange { Enabled = id != "c" });
            (int status, JsonElement made) = await gateway.PutAsync("/v1/rules/" + id, GatewayHost.Json("""{"webhook":{"url":"http://hooks.example/"}}"""));
            status.ShouldBe(201, made.GetRawText());
        }

        foreach (string bytes in Damages)
        {
            await DamageAsync(house, bytes);
            foreach ((string path, string list) in new[] { ("/v1/cameras", "cameras"), ("/v1/rules", "rules"), ("/v1/galleries", "galleries") })
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

    private static async Task DamageAsync(CameraHouse house, string bytes)
    {
        await using DbConnection connection = await house.Grid.Database.DataSource.OpenConnectionAsync(Cancelled);
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = $"UPDATE GrainRow SET Payload = {bytes}, Version = Version + 1 WHERE GrainKey IN ('camera/b', 'rule/b', 'gallery/b')";
        (await command.ExecuteNonQueryAsync(Cancelled)).ShouldBe(3);
    }
}
