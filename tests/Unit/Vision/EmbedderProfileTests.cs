using System.Text.Json.Nodes;
using FaceGrid.Models;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Vision;

public sealed class EmbedderProfileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("facegrid-profiles-").FullName;

    // A gallery on disk is bound to this text. If this test fails, existing galleries would be refused: change the code, not the test.
    [Fact]
    public void ContractId_BuiltInProfiles_NeverChanges()
    {
        var store = new ModelStore(_directory, offline: true);

        store.GetProfile<EmbedderProfile>("mobilefacenet-foamliu-128").ContractId.ShouldBe("mobilefacenet-foamliu-128@e07b1b4682d410be");
    }

    [Theory]
    [InlineData("sha256", "\"b7120c095d60094f28a4a54ba6a8bf51b297a6273fb40ef6350dfec1f63d9508\"", true)]
    [InlineData("dimension", "256", true)]
    [InlineData("inputWidth", "128", true)]
    [InlineData("colour", "\"bgr\"", true)]
    [InlineData("mean", "[0, 0, 0]", true)]
    [InlineData("scale", "[1, 1, 1]", true)]
    [InlineData("alignment", "[[38, 51], [73, 51], [56, 71], [41, 92], [70, 92]]", true)]
    [InlineData("id", "\"another-name\"", true)]
    [InlineData("description", "\"Another text\"", false)]
    [InlineData("thresholds", "[]", false)]
    [InlineData("source", "null", false)]
    public void ContractId_ChangedKey_ChangesOnlyWhenVectorsWould(string key, string value, bool changes)
    {
        var store = new ModelStore(_directory, offline: true);
        string before = store.GetProfile<EmbedderProfile>("mobilefacenet-foamliu-128").ContractId;
        string path = Write(json => json[key] = JsonNode.Parse(value));

        (store.GetProfile<EmbedderProfile>(path).ContractId != before).ShouldBe(changes);
    }

    [Fact]
    public void ListProfiles_FileInTheDirectory_IsFoundByItsId()
    {
        File.WriteAllText(Path.Combine(_directory, "unrelated.json"), "{ \"some\": \"thing\" }");
        Write(json => json["id"] = "my-own");

        var profiles = new ModelStore(_directory, offline: true).ListProfiles();

        profiles.Select(profile => profile.Id).ShouldBe(["facegrid-detector", "facegrid-face-128", "minifasnet-v1se", "minifasnet-v2", "mobilefacenet-foamliu-128", "my-own", "sface", "yunet-2023mar", "yunet-n"]);
        profiles.Where(profile => profile.ProfilePath is not null).ShouldHaveSingleItem().Id.ShouldBe("my-own");
    }

    [Theory]
    [InlineData("dimensoin", "128", "dimensoin")]
    [InlineData("sha256", "\"1234\"", "sha256")]
    [InlineData("file", "\"../model.onnx\"", "file")]
    [InlineData("alignment", "[[1, 2]]", "alignment")]
    [InlineData("mean", "[1]", "mean")]
    [InlineData("normalisation", "\"none\"", "normalisation")]
    [InlineData("source", "\"file:///etc/passwd\"", "source")]
    [InlineData("colour", "\"cmyk\"", "colour")]
    public void GetProfile_WrongFile_IsRefusedNamingTheKey(string key, string value, string expected)
    {
        string path = Write(json => json[key] = JsonNode.Parse(value));

        var error = Should.Throw<VisionSetupException>(() => new ModelStore(_directory, offline: true).GetProfile<EmbedderProfile>(path));

        error.Code.ShouldBe("profile-invalid");
        error.Message.ShouldContain(expected);
    }

    [Fact]
    public void GetProfile_UnknownId_NamesTheKnownOnes()
    {
        var error = Should.Throw<VisionSetupException>(() => new ModelStore(_directory, offline: true).GetProfile<EmbedderProfile>("nonesuch"));

        error.Code.ShouldBe("profile-missing");
        error.Message.ShouldContain("mobilefacenet-foamliu-128");
    }

    [Fact]
    public void GetProfile_DetectorAskedAsEmbedder_IsRefused() =>
        Should.Throw<VisionSetupException>(() => new ModelStore(_directory, offline: true).GetProfile<EmbedderProfile>("yunet-n")).Code.ShouldBe("profile-invalid");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string Write(Action<JsonObject> change)
    {
        using var stream = typeof(ModelStore).Assembly.GetManifestResourceStream("FaceGrid.Models.Profiles.mobilefacenet-foamliu-128.json")!;
        var json = JsonNode.Parse(stream)!.AsObject();
        change(json);
        string path = Path.Combine(_directory, "changed.json");
        File.WriteAllText(path, json.ToJsonString());
        return path;
    }
}
