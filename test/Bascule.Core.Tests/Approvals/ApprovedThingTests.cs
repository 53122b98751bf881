using Bascule.Core.Approvals;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Runs;

namespace Bascule.Core.Tests.Approvals;

public sealed class ApprovedThingTests
{
    private static readonly Run Planned = new()
    {
        Id = RunId.New(),
        Repository = new RepositoryKey("f-1", 7),
        Forge = "git",
        RepositoryName = "ml/churn",
        Workflow = "churn",
        Environment = "ml-prod",
        Trigger = Trigger.Ref(RefName.Parse("refs/heads/main"), 1),
        Ref = RefName.Parse("refs/heads/main"),
        Commit = CommitId.Parse(new string('a', 40)),
        Key = new IdempotencyKey("k"),
        Content = new ContentId(new string('1', 64)),
        Plan = """{"call":"submit","commit":"aaaa","model":"churn"}""",
        State = RunState.AwaitingApproval,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    private static ApprovedThing Thing => ApprovedThing.Of(Planned)!;

    [Fact]
    public void AnotherCommitWithTheSameContentAsksForTheSame()
    {
        var moved = ApprovedThing.Of(
            Planned with
            {
                Commit = CommitId.Parse(new string('b', 40)),
                Plan = """{"call":"submit","commit":"bbbb","model":"churn"}""",
            }
        )!;

        moved.AsksTheSameAs(Thing).ShouldBeTrue();
        moved.ShouldNotBe(Thing);
    }

    [Fact]
    [Trait("Threat", "T112")]
    public void AnotherEnvironmentAsksForSomethingElse() =>
        ApprovedThing.Of(Planned with { Environment = "ml-dev" })!.AsksTheSameAs(Thing).ShouldBeFalse();

    [Fact]
    public void AnotherContentOrPlanAsksForSomethingElse()
    {
        var content = Planned with { Content = new ContentId(new string('2', 64)) };
        var plan = Planned with { Plan = """{"call":"submit","commit":"aaaa","model":"other"}""" };

        ApprovedThing.Of(content)!.AsksTheSameAs(Thing).ShouldBeFalse();
        ApprovedThing.Of(plan)!.AsksTheSameAs(Thing).ShouldBeFalse();
    }

    [Fact]
    public void WhatGoesNowhereCannotBeApproved()
    {
        ApprovedThing.Of(Planned with { Environment = null }).ShouldBeNull();
        ApprovedThing.Of(Planned with { Plan = null }).ShouldBeNull();
        ApprovedThing.Of(Planned with { Content = null }).ShouldBeNull();
    }
}
