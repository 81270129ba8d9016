using FaceGrid.Cameras.Recognition;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cameras;

public sealed class BallotTests
{
    private static readonly Identity Ada = new(IdentityKind.Person, "default", "ada");
    private static readonly Identity Bob = new(IdentityKind.Person, "default", "bob");
    private readonly Ballot _ballot = new();

    [Fact]
    public void A_name_needs_two_shots_that_agree()
    {
        Vote(Ada, 1);
        _ballot.Verdict.ShouldBeNull();
        Vote(Ada, 1);
        _ballot.Verdict.ShouldBe(Ada);
        (_ballot.Confidence, _ballot.Best!.Distance).ShouldBe((1, 0.7f));
    }

    [Fact]
    public void Poor_shots_need_more_of_them()
    {
        for (int shot = 0; shot < 3; shot++)
        {
            Vote(Ada, 0.2f);
            _ballot.Verdict.ShouldBeNull();
        }

        Vote(Ada, 0.2f);
        Vote(Ada, 0.2f);
        _ballot.Verdict.ShouldBe(Ada);
    }

    [Fact]
    public void A_stranger_is_reported_later_than_a_friend()
    {
        for (int shot = 0; shot < 3; shot++)
        {
            Vote(Identity.Unknown, 1);
            _ballot.Verdict.ShouldBeNull();
        }

        Vote(Identity.Unknown, 1);
        _ballot.Verdict.ShouldBe(Identity.Unknown);
    }

    [Fact]
    public void Votes_that_disagree_decide_nothing_until_one_side_wins()
    {
        for (int shot = 0; shot < 5; shot++)
        {
            Vote(Ada, 0.5f);
            Vote(Bob, 0.5f);
        }

        _ballot.Verdict.ShouldBeNull();
        for (int shot = 0; shot < 4; shot++)
        {
            Vote(Bob, 1);
        }

        _ballot.Verdict.ShouldBe(Bob);
    }

    [Fact]
    public void One_odd_shot_changes_no_decision_and_a_clear_majority_of_new_ones_does()
    {
        Vote(Ada, 0.3f);
        Vote(Ada, 0.6f);
        Vote(Bob, 1);
        _ballot.Verdict.ShouldBe(Ada);
        for (int shot = 0; shot < 4; shot++)
        {
            Vote(Bob, 1);
        }

        _ballot.Verdict.ShouldBe(Bob);
    }

    [Fact]
    public void A_face_that_has_left_is_decided_with_what_there_is_or_not_at_all()
    {
        Vote(Ada, 0.1f);
        _ballot.Close();
        _ballot.Verdict.ShouldBeNull();
        Vote(Ada, 0.3f);
        _ballot.Close();
        _ballot.Verdict.ShouldBeNull(); // Two poor shots are no name.
        Vote(Bob, 0.45f);
        Vote(Ada, 0.42f);
        _ballot.Verdict.ShouldBeNull();
        _ballot.Close();
        _ballot.Verdict.ShouldBe(Ada);

        var stranger = new Ballot();
        stranger.Add(new Vote(Identity.Unknown, 0.5f));
        stranger.Add(new Vote(Identity.Unknown, 0.5f));
        stranger.Close();
        stranger.Verdict.ShouldBeNull(); // Two frames with something like a face are often none.
        new Ballot().Close();
    }

    [Fact]
    public void Nobody_is_reported_as_unknown_before_the_detector_is_sure_of_a_face()
    {
        for (int shot = 0; shot < 20; shot++)
        {
            _ballot.Add(new Vote(Identity.Unknown, 1, FaceConfidence: 0.8f));
        }

        _ballot.Close();
        _ballot.Verdict.ShouldBeNull();
        _ballot.Add(new Vote(Identity.Unknown, 1, FaceConfidence: 0.9f));
        _ballot.Verdict.ShouldBe(Identity.Unknown);

        var named = new Ballot();
        named.Add(new Vote(Ada, 1, FaceConfidence: 0.7f));
        named.Add(new Vote(Ada, 1, FaceConfidence: 0.7f));
        named.Verdict.ShouldBe(Ada); // Hands are nobody's.
    }

    [Fact]
    public void A_decision_that_is_contradicted_is_looked_at_again()
    {
        Vote(Ada, 1);
        _ballot.IsContested.ShouldBeFalse();
        Vote(Ada, 1);
        _ballot.IsContested.ShouldBeFalse();
        Vote(Bob, 1);
        _ballot.IsContested.ShouldBeTrue();
        Vote(Ada, 1);
        _ballot.IsContested.ShouldBeFalse();
    }

    [Fact]
    public void The_same_picture_once_more_says_little()
    {
        float[] look = [1, 0], other = [MathF.Cos(0.2f), MathF.Sin(0.2f)], same = [MathF.Cos(0.05f), MathF.Sin(0.05f)];
        (ShotWeight.OfNews(null, look), ShotWeight.OfNews(look, other), ShotWeight.OfNews(look, same)).ShouldBe((1, 1, 0.25f));
    }

    [Fact]
    public void Who_is_another_face_of_the_frame_is_denied_to_this_one()
    {
        Vote(Ada, 1);
        Vote(Ada, 1);
        _ballot.Deny(Ada);
        _ballot.Verdict.ShouldBeNull();
        Vote(Identity.Unknown, 1);
        Vote(Identity.Unknown, 1);
        _ballot.Verdict.ShouldBe(Identity.Unknown);
    }

    [Fact]
    public void Two_faces_never_claim_the_same_person_and_who_loses_gets_the_next()
    {
        Claim?[] granted = FaceClaims.Grant([[Near(Ada, 0.8f), Near(Bob, 0.95f)], [Near(Ada, 0.6f)], [Near(Bob, 0.9f)], [Near(Ada, 1.2f)]]);
        granted.Select(claim => claim?.Who).ShouldBe([null, Ada, Bob, null]);

        Claim?[] next = FaceClaims.Grant([[Near(Ada, 0.8f), Near(Bob, 0.95f)], [Near(Ada, 0.6f)]]);
        next.Select(claim => claim?.Who).ShouldBe([Bob, Ada]);
    }

    [Fact]
    public void Claims_of_any_frame_are_granted_once_and_within_the_threshold()
    {
        var random = new Random(3);
        Identity[] people = [.. Enumerable.Range(0, 6).Select(person => new Identity(IdentityKind.Person, "default", $"p{person}"))];
        for (int round = 0; round < 1_000; round++)
        {
            IReadOnlyList<Claim>[] faces =
                [.. Enumerable.Range(0, 5).Select(
                _ => people.Where(_ => random.Next(2) == 0).Select(person => Near(person, (float)(random.NextDouble() * 1.4))).ToArray())];
            Claim?[] granted = FaceClaims.Grant(faces);
            granted.OfType<Claim>().Select(claim => claim.Who).ShouldBeUnique();
            for (int face = 0; face < faces.Length; face++)
            {
                HashSet<Identity> others = [.. granted.Where((_, other) => other != face).OfType<Claim>().Select(claim => claim.Who)];
                Claim? nearestFree = faces[face].Where(claim => claim.Distance <= 1 && !others.Contains(claim.Who))
                    .OrderBy(claim => claim.Distance).Cast<Claim?>().FirstOrDefault();
                (granted[face]?.Distance ?? 2).ShouldBeLessThanOrEqualTo(nearestFree?.Distance ?? 2);
            }
        }
    }

    private static Claim Near(Identity who, float distance) => new(who, distance, Threshold: 1);

    private void Vote(Identity who, float weight) => _ballot.Add(new Vote(who, weight, 0.7f, 1, 0.3f));
}
