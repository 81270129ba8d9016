using FaceGrid.Abstractions.Galleries;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

public sealed class ContractTests
{
    [Theory]
    [InlineData("mobilefacenet-foamliu-128@e07b1b4682d410be", "mobilefacenet-foamliu-128")]
    [InlineData("mobilefacenet-foamliu-128@e07b", null)]
    [InlineData("@e07b1b4682d410be", null)]
    [InlineData("my own model", null)]
    public void Profile_is_that_of_an_embedder_or_none(string id, string? profile) => new Contract(id, 128).Profile().ShouldBe(profile);

    [Fact]
    public void Refusal_of_a_former_model_names_the_setting_that_brings_it_back()
    {
        string said = new Contract("mobilefacenet-foamliu-128@e07b1b4682d410be", 128).Refusal("facegrid-face-128@0123456789abcdef");
        said.ShouldContain("facegrid-face-128@0123456789abcdef");
        said.ShouldContain("FaceGrid__Vision__Embedder=mobilefacenet-foamliu-128");
        new Contract("test@1", 128).Refusal("other@2").ShouldNotContain("FaceGrid__Vision");
    }
}
