using Bascule.Core.Approvals;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Core.Runs;

namespace Bascule.Core.Tests.Approvals;

public sealed class ApprovalStandingTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly RefName Main = RefName.Parse("refs/heads/main");
    private static readonly Run Waiting = new()
    {
        Id = new RunId("0123456789"),
        Repository = new RepositoryKey("f-1", 7),
        Forge = "git",
        RepositoryName = "ml/churn",
        Workflow = "churn",
        Environment = "ml-prod",
        Trigger = Trigger.Ref(Main, 1),
        Ref = Main,
        Commit = CommitId.Parse(new string('a', 40)),
        Key = new IdempotencyKey("k"),
        Content = new ContentId(new string('1', 64)),
        Plan = "{}",
        State = RunState.AwaitingApproval,
        CreatedAt = Noon,
    };

    private static readonly ApprovalPolicy Two = new(2, [Selector.Parse("group:ml-leads").Value]);

    [Fact]
    public void CountsPeopleAndNotApprovals() =>
        Count([By("grace"), By("grace"), By("linus")])
            .Counting.Select(approval => approval.PersonUid)
            .ShouldBe(["p-grace", "p-linus"]);

    public static TheoryData<string, Approval> Worthless =>
        new()
        {
            { "void", By("grace") with { VoidedAt = Noon, VoidedBecause = "x" } },
            { "of an earlier request", By("grace") with { Generation = 1 } },
            { "too old", By("grace") with { At = Noon.AddHours(-73) } },
            { "for another commit", For(thing => thing with { Commit = CommitId.Parse(new string('b', 40)) }) },
            { "for another content", For(thing => thing with { Content = new ContentId(new string('2', 64)) }) },
            { "for another plan", For(thing => thing with { PlanDigest = "other" }) },
            { "for another environment", For(thing => thing with { Environment = "ml-dev" }) },
            { "a review where none counts", By("grace") with { Source = ApprovalSource.Review } },
            { "by nobody known", By("mallory") },
            { "by somebody retired", By("retired") },
            { "by somebody who left the group", By("former") },
            { "by an agent", By("robot") },
        };

    [Theory]
    [MemberData(nameof(Worthless))]
    [Trait("Threat", "T97")]
    [Trait("Threat", "T107")]
    [Trait("Threat", "T112")]
    [Trait("Threat", "T154")]
    public void LeavesOutWhatDoesNotCount(string what, Approval approval)
    {
        var standing = Count([approval, By("linus")]);

        standing.Counting.ShouldHaveSingleItem(what).PersonUid.ShouldBe("p-linus");
        (standing.Missing, standing.IsApproved).ShouldBe((1, false));
    }

    [Fact]
    public void EnoughPeopleApprove()
    {
        var standing = Count([By("grace"), By("linus")]);

        (standing.Missing, standing.IsApproved).ShouldBe((0, true));
    }

    [Fact]
    [Trait("Threat", "T144")]
    public void ProofIsAnApprovalGivenHereOrTheCommitItself()
    {
        Approval[] reviews =
        [
            By("grace") with
            {
                Source = ApprovalSource.Review,
            },
            By("linus") with
            {
                Source = ApprovalSource.Review,
            },
        ];
        var policy = Two with { ForgeReviews = true };

        Count(reviews, policy, proven: false).ProofMissing.ShouldBeTrue();
        Count([reviews[0], By("linus")], policy, proven: false).IsApproved.ShouldBeTrue();
        Count(reviews, policy, proven: true).IsApproved.ShouldBeTrue();
    }

    [Fact]
    public void OutsideTheWindowNothingWasGiven()
    {
        var mondays = new ApprovalWindow(
            new HashSet<DayOfWeek> { DayOfWeek.Monday },
            TimeOnly.MinValue,
            TimeOnly.MinValue,
            TimeZoneInfo.Utc
        );

        Count([By("grace"), By("linus")], Two with { Window = mondays }).Missing.ShouldBe(2);
    }

    private static ApprovalStanding Count(
        IReadOnlyList<Approval> given,
        ApprovalPolicy? policy = null,
        bool? proven = null
    ) =>
        ApprovalStanding.Of(
            new ApprovalCount(
                Waiting,
                new ApprovalRequest(Waiting.Id, 2, 0, Noon, Noon.AddDays(3)),
                given,
                policy ?? Two,
                new[]
                {
                    APerson("grace"),
                    APerson("linus"),
                    APerson("retired") with
                    {
                        RetiredAt = Noon,
                    },
                    APerson("former") with
                    {
                        Groups = ["staff"],
                    },
                    APerson("robot") with
                    {
                        Type = ActorType.Agent,
                    },
                }.ToDictionary(person => person.Uid),
                Noon
            )
            {
                DemandsProven = proven is not null,
                Proof = proven == true ? new ProvenBy("p-ada", "SHA256:x") : null,
            }
        );

    private static Person APerson(string name) =>
        new($"p-{name}", new Subject("https://id.example.com", name))
        {
            Name = name,
            Groups = ["ml-leads"],
            FirstSeenAt = Noon,
            LastSeenAt = Noon,
        };

    private static Approval For(Func<ApprovedThing, ApprovedThing> change)
    {
        var approval = By("grace");
        return approval with { Thing = change(approval.Thing) };
    }

    private static Approval By(string name) =>
        new()
        {
            Uid = Approval.NewUid(),
            Run = Waiting.Id,
            Generation = 2,
            PersonUid = $"p-{name}",
            Thing = ApprovedThing.Of(Waiting)!,
            At = Noon.AddHours(-1),
            Source = ApprovalSource.Bascule,
        };
}
