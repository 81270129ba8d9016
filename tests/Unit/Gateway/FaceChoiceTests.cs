using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Gateway.Recognition;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Gateway;

/// <summary>Goal: the face that a person would mean is taken, and none where a person would hesitate. Method: drawn scenes.</summary>
public sealed class FaceChoiceTests
{
    private const double DominanceMin = 3;

    [Fact]
    public void A_passer_by_in_the_background_does_not_dominate()
    {
        PictureFaces scene = Scene(Face(250, 150, 200), Face(20, 40, 60));

        (int face, ChosenBody? chosen) = new FaceChoice("dominant").In(scene, DominanceMin);

        face.ShouldBe(0);
        chosen!.Faces.ShouldBe(2);
        chosen.Dominance.ShouldBeGreaterThan(10);
    }

    [Fact]
    public void Two_people_side_by_side_are_refused_with_their_boxes()
    {
        PictureFaces scene = Scene(Face(150, 150, 120), Face(400, 150, 110), Face(600, 10, 8, usable: false));

        FaceGridException refused = Should.Throw<FaceGridException>(() => new FaceChoice("dominant").In(scene, DominanceMin));

        refused.Code.ShouldBe(ErrorCodes.SeveralFaces);
        refused.Boxes!.Select(box => (box.Face, box.Width)).ShouldBe([(0, 120f), (1, 110f)]);
        refused.Message.ShouldContain("1: 110 x 110 at 400,150");
    }

    [Fact]
    public void A_sharp_face_in_the_centre_dominates_a_larger_blurred_one_at_the_border()
    {
        PictureFaces scene = Scene(Face(0, 0, 150, sharpness: 5), Face(270, 190, 110, sharpness: 200));

        new FaceChoice("dominant").In(scene, DominanceMin).Face.ShouldBe(1);
    }

    [Fact]
    public void Faces_that_are_equal_dominate_only_where_a_tie_is_enough()
    {
        PictureFaces scene = Scene(Face(100, 190, 100), Face(440, 190, 100));

        Should.Throw<FaceGridException>(() => new FaceChoice("dominant").In(scene, DominanceMin));
        new FaceChoice("dominant").In(scene, dominanceMin: 1).Face.ShouldBe(0, "the order of detection decides");
        new FaceChoice("main").In(scene, DominanceMin).Chosen!.Dominance.ShouldBe(1);
    }

    [Fact]
    public void The_only_usable_face_is_taken_and_nothing_was_chosen()
    {
        PictureFaces scene = Scene(Face(0, 0, 400, usable: false), Face(400, 300, 60));

        new FaceChoice("only").In(scene, DominanceMin).ShouldBe((1, null));
        new FaceChoice("1").In(scene, DominanceMin).ShouldBe((1, null));
        Should.Throw<FaceGridException>(() => new FaceChoice("0").In(scene, DominanceMin)).Code.ShouldBe(ErrorCodes.FaceTooSmall);
        Should.Throw<FaceGridException>(() => new FaceChoice("2").In(scene, DominanceMin)).Code.ShouldBe(ErrorCodes.InvalidParameter);
    }

    [Fact]
    public void A_chosen_face_may_be_the_less_prominent_one()
    {
        (int face, ChosenBody? chosen) = new FaceChoice("1").In(Scene(Face(250, 150, 200), Face(20, 40, 60)), DominanceMin);

        (face, chosen!.Face).ShouldBe((1, 1));
        chosen.Dominance.ShouldBeLessThan(0.1f);
    }

    private static PictureFaces Scene(params PictureFace[] faces) => new(640, 480, new Contract("made", 4), faces);

    private static PictureFace Face(float x, float y, float side, float sharpness = 100, bool usable = true) => new(
        x, y, side, side, new float[10], 0.9f, new FaceQualityInfo(side / 2, sharpness, 0.5f, 0.2f, 0, 0, 0), usable ? new byte[16] : null);
}
