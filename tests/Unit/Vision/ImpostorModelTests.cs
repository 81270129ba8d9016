using FaceGrid.Models;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Vision;

/// <summary>The arithmetic of promises, against tables and plain simulation.</summary>
public sealed class ImpostorModelTests
{
    private static readonly ImpostorModel Model = new(0.01, 9.3, 1e-6, 1e-9);

    [Theory]
    // Abramowitz and Stegun, tables 26.1 and 26.2.
    [InlineData(0, 0.5)]
    [InlineData(1, 0.15865525393145707)]
    [InlineData(-1, 0.8413447460685429)]
    [InlineData(2, 0.02275013194817921)]
    [InlineData(3, 0.0013498980316300933)]
    [InlineData(5, 2.866515718791933e-7)]
    [InlineData(6, 9.865876450376946e-10)]
    [InlineData(10, 7.619853024160527e-24)]
    public void NormalTail_is_that_of_the_tables(double deviate, double above)
    {
        (NormalTail.Above(deviate) / above).ShouldBe(1, 1e-10);
        NormalTail.DeviateOf(above).ShouldBe(deviate, 1e-9);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(double.NaN)]
    public void NormalTail_refuses_what_is_no_probability(double probability) => Should.Throw<ArgumentOutOfRangeException>(() => NormalTail.DeviateOf(probability));

    [Theory]
    [InlineData(1e-2)]
    [InlineData(1e-5)]
    [InlineData(1e-8)]
    public void DistanceAt_and_RateAt_are_each_others_inverse_and_never_promise_too_much(double rate)
    {
        float distance = Model.DistanceAt(rate, shift: 0.02);

        Model.RateAt(distance, shift: 0.02).ShouldBeInRange(rate * 0.9999, rate);
        Model.RateAt(MathF.BitIncrement(MathF.BitIncrement(distance)), shift: 0.02).ShouldBeGreaterThan(rate);
        Model.DistanceAt(rate).ShouldBeGreaterThan(distance);
    }

    [Theory]
    [InlineData(0.01, 1)]
    [InlineData(0.01, 1_000_000)]
    [InlineData(0.05, 100)]
    public void FalsePositiveRateAt_undoes_RateFor(double promise, int people) =>
        Model.FalsePositiveRateAt(Model.DistanceAt(ImpostorModel.RateFor(promise, people)), people).ShouldBe(promise, promise / 1000);

    [Fact]
    public void ShiftOf_finds_how_much_more_alike_people_are_and_is_not_led_astray_by_people_enrolled_twice()
    {
        ShiftAmong(0, twice: 0).ShouldBe(0, 0.004);
        ShiftAmong(0.05, twice: 0).ShouldBeInRange(0.035, 0.055);
        ShiftAmong(0.05, twice: 0.05).ShouldBeInRange(0.035, 0.065);
        ShiftAmong(-0.05, twice: 0).ShouldBe(0);
    }

    private static double ShiftAmong(double shift, double twice)
    {
        // The nearest of 1,000 strangers: the similarity at which a uniform number says that the search finds somebody.
        var random = new Random(3);
        List<double> nearest = [.. Enumerable.Range(0, 512).Select(_ => random.NextDouble() < twice
            ? 0.4
            : (double)Model.DistanceAt(ImpostorModel.RateFor(random.NextDouble(), 1000), shift))];
        return Model.ShiftOf(nearest, 1000);
    }
}
