using FaceGrid.Evaluation.Accuracy;
using FaceGrid.Evaluation.Measures;
using FaceGrid.Evaluation.Faces;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Evaluation;

/// <summary>
/// Goal: figures of unseen people are of unseen people. Method: the split against the training code's own answers, the arithmetic against
/// its plain twin.
/// </summary>
public sealed class HeldOutTests
{
    // As tools/train's split_people answers for these names; with two pictures more people are set aside than with one.
    [Theory]
    [InlineData("Person_0", 1, PeopleGroup.Training)]
    [InlineData("Person_33", 1, PeopleGroup.Selection)]
    [InlineData("Person_33", 2, PeopleGroup.Selection)]
    [InlineData("Person_94", 1, PeopleGroup.Calibration)]
    [InlineData("Person_45", 2, PeopleGroup.Calibration)]
    public void Groups_are_those_of_the_training(string person, int pictures, object group)
    {
        string[] people = [.. Enumerable.Repeat(person, pictures), "Test_A", "Test_B"];

        PeopleGroup[] groups = HeldOutPeople.Groups(
            people, [new LabelledPair(5, pictures, pictures + 1, Mated: false), new LabelledPair(4, 0, 0, Mated: true)]);

        groups[..pictures].ShouldAllBe(found => found == (PeopleGroup)group);
        groups[pictures..].ShouldBe([PeopleGroup.Test, PeopleGroup.Test]);
    }

    [Fact]
    public void BestThreshold_sorts_no_worse_than_any_other()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            Random random = new(seed);
            float[] mated = [.. Enumerable.Range(0, 1 + random.Next(30)).Select(_ => (float)random.Next(40) / 20).Order()];
            float[] nonMated = [.. Enumerable.Range(0, 1 + random.Next(30)).Select(_ => (float)(random.Next(40) + 10) / 20).Order()];

            float threshold = new PairDistances(mated, nonMated).BestThreshold();

            float[] others = [0, .. mated, .. nonMated];
            Gain(threshold).ShouldBe(others.Max(Gain), 1e-9, $"seed {seed}");

            double Gain(float at) => mated.Average(
                squared => squared <= at ? 1.0 : 0) - nonMated.Average(squared => squared <= at ? 1.0 : 0);
        }
    }

    [Fact]
    public void Among_compares_every_picture_that_belongs_with_every_other()
    {
        float[]?[] vectors = [[1, 0], [0, 1], [1, 0], null];
        string[] people = ["a", "a", "b", "b"];

        PairDistances pairs = PairDistances.Among(people, vectors, index => index != 1, TestContext.Current.CancellationToken);

        pairs.Mated.ShouldBe([float.PositiveInfinity]);
        pairs.NonMated.ShouldBe([0, float.PositiveInfinity]);
    }
}
