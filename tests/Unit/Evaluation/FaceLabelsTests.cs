using FaceGrid.Evaluation;
using FaceGrid.Evaluation.Groups;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Evaluation;

/// <summary>Goal: labels go to the pictures that they name, and a mistake in them is named. Method: small files and patterns.</summary>
public sealed class FaceLabelsTests
{
    private static readonly string[] Files = ["ada/1.jpg", "ada/2.jpg", "ben/1.jpg", "cleo/5_1_x.jpg"];

    [Fact]
    public void ReadCsv_names_pictures_with_or_without_their_directory()
    {
        FaceLabels labels = Read("Age,file,light\n30, ada/1.jpg ,\"bright, cold\"\n31,2.jpg,dark\n9,nobody.jpg,dark\n31,ada/2.jpg,dark\n");

        labels.Columns.ShouldBe(["Age", "light"]);
        labels.Values.ShouldBe([["30", "bright, cold"], ["31", "dark"], null, null]);
        labels.People.ShouldBe(["ada", "ada", "ben", "cleo"]);
        (labels.Unlabelled, labels.Unknown).ShouldBe((2, 1));
    }

    [Fact]
    public void ReadCsv_takes_people_from_their_column() =>
        Read("file,person\nada/1.jpg,x\nben/1.jpg,x\n").People.ShouldBe(["x", "ada", "x", "cleo"]);

    [Theory]
    [InlineData("age,sex\n1,2\n", "'file'")]
    [InlineData("file\n1.jpg\n", "at least one label")]
    [InlineData("file,age\n", "no lines")]
    [InlineData("file,age\nada/1.jpg\n", "Line 2 of")]
    [InlineData("file,age\n1.jpg,3\n", "fits 2 pictures")]
    [InlineData("file,age\nada/1.jpg,3\nada/1.jpg,4\n", "Line 3 of")]
    [InlineData("file,age\nx.jpg,3\n", "names no picture")]
    [InlineData("file,age\nada/1.jpg,\"3\" 4\"\n", "cannot be read")]
    public void ReadCsv_names_what_is_wrong(string text, string words) =>
        Should.Throw<EvaluationException>(() => Read(text)).Message.ShouldContain(words);

    [Fact]
    public void FromNames_reads_the_part_after_the_slash()
    {
        FaceLabels labels = FaceLabels.FromNames("{age}_{sex}_*", Files);

        labels.Columns.ShouldBe(["age", "sex"]);
        labels.Values.ShouldBe([null, null, null, ["5", "1"]]);
        labels.Unlabelled.ShouldBe(3);
    }

    [Theory]
    [InlineData("*.jpg")]
    [InlineData("{a}_{a}_*")]
    [InlineData("{a}.gif")]
    [InlineData("(.*){a}")]
    public void FromNames_refuses_a_pattern_without_use(string pattern) =>
        Should.Throw<EvaluationException>(() => FaceLabels.FromNames(pattern, Files)).Code.ShouldBe(EvaluationException.UsageCode);

    [Theory]
    [InlineData("0", "0-3")]
    [InlineData("3", "0-3")]
    [InlineData("4", "4-12")]
    [InlineData("12", "4-12")]
    [InlineData("13", "13+")]
    public void WithRanges_ends_are_part_of_their_range(string age, string range) =>
        Read($"file,age\nada/1.jpg,{age}\n").WithRanges("age", [3, 12]).Values[0].ShouldBe([range]);

    [Fact]
    public void WithRanges_refuses_other_labels_and_other_values()
    {
        FaceLabels labels = Read("file,age\nada/1.jpg,old\n");

        Should.Throw<EvaluationException>(() => labels.WithRanges("sex", [3])).Message.ShouldContain("age");
        Should.Throw<EvaluationException>(() => labels.WithRanges("age", [3])).Message.ShouldContain("old");
    }

    private static FaceLabels Read(string text)
    {
        using TemporaryDirectory directory = new();
        string path = Path.Combine(directory.Path, "labels.csv");
        File.WriteAllText(path, text);
        return FaceLabels.ReadCsv(path, Files);
    }
}
