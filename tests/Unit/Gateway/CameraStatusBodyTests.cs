using System.Text.Json;
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Cameras;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Gateway;

/// <summary>Goal: the status of a camera keeps the names of its numbers. Method: the JSON of a status is compared.</summary>
public sealed class CameraStatusBodyTests
{
    [Fact]
    public void Json_OfCounts_KeepsItsNames()
    {
        var status = new CameraStatus(
            Running: true, Problem: null, "node1", DateTimeOffset.UnixEpoch, Source: null, Processed: 7, Dropped: 6, Unusable: 5,
            LastFrameAt: null, Faces: 4, Published: 3, Waiting: 2, Lost: 1, new CameraSeconds(0, 0, 0, 0, 0, 0));

        JsonElement json = JsonSerializer.SerializeToElement(CameraStatusBody.Of(status)!, GatewayJson.Default.CameraStatusBody);

        json.GetProperty("frames").GetRawText().ShouldBe("""{"processed":7,"dropped":6,"unusable":5}""");
        json.GetProperty("sightings").GetRawText().ShouldBe("""{"told":3,"waiting":2,"lost":1}""");
    }
}
