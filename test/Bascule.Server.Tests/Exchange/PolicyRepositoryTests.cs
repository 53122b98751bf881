using System.Net;
using Bascule.Core.Audit;
using Bascule.Core.Exchange;
using Bascule.Server.Audit;
using Bascule.Server.Exchange.Delegation;
using Bascule.Server.Tests.World;
using Bascule.Simulators.Forges;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bascule.Server.Tests.Exchange;

public sealed class PolicyRepositoryTests
{
    [Fact]
    public async Task AProtectedRepositoryAddsPolicies()
    {
        await using var stage = await DelegationStage.SetAsync();

        var (status, body) = await stage.ExchangeAsync("ml/churn");

        status.ShouldBe(HttpStatusCode.OK, body.ToJsonString());
        (await stage.FetchAsync((string)body["access_token"]!)).ShouldBe(HttpStatusCode.OK);
        var taken = (await stage.EntriesAsync(AuditTypes.TrustPoliciesTaken)).ShouldHaveSingleItem();
        ((string?)taken["facts"]!["commit"]).ShouldBe(stage.Policies.First);
        var given = (await stage.EntriesAsync(AuditTypes.GitTokenGiven)).ShouldHaveSingleItem();
        ((string?)given["decision"]!["rule"]).ShouldBe("trust_policies.ml/policies:nightly");
    }

    [Fact]
    [Trait("Threat", "T54")]
    public async Task WhatIsTakenOutTakesItsTokensAlong()
    {
        await using var stage = await DelegationStage.SetAsync();
        var (_, body) = await stage.ExchangeAsync("ml/churn");
        await stage.ChangeAsync(DelegationStage.Nightly.Replace("subject: train", "subjet: train"));

        await stage.LookAsync();

        (await stage.ExchangeAsync("ml/churn")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await stage.FetchAsync((string)body["access_token"]!)).ShouldBe(HttpStatusCode.Unauthorized);
        (await stage.ExchangeAsync("ml/churn", "own")).Status.ShouldBe(HttpStatusCode.OK);
        var refused = (await stage.EntriesAsync(AuditTypes.TrustPoliciesRefused)).ShouldHaveSingleItem();
        ((string)refused["decision"]!["reason"]!).ShouldContain("trust_policies.nightly.subjet: is not a known key");

        await stage.ChangeAsync(DelegationStage.Nightly);
        await stage.LookAsync();
        (await stage.ExchangeAsync("ml/churn")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("Threat", "T54")]
    public async Task AFileThatIsGoneGivesNothing()
    {
        await using var stage = await DelegationStage.SetAsync();
        await stage.ChangeAsync(null);

        await stage.LookAsync();

        (await stage.ExchangeAsync("ml/churn")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    [Trait("Threat", "T53")]
    public async Task ABranchThatTakesPushesGivesNothing()
    {
        await using var stage = await DelegationStage.SetAsync(isProtected: false);

        (await stage.ExchangeAsync("ml/churn")).Status.ShouldBe(HttpStatusCode.BadRequest);

        var refused = (await stage.EntriesAsync(AuditTypes.TrustPoliciesRefused)).ShouldHaveSingleItem();
        ((string)refused["decision"]!["reason"]!).ShouldContain("takes pushes from everybody who may write");
    }

    [Fact]
    public async Task AForgeThatTellsOfNoProtectionIsBelievedOnlyWhereTheSettingsSaySo()
    {
        await using var strict = await DelegationStage.SetAsync(flavour: ForgeFlavour.Gogs);
        (await strict.ExchangeAsync("ml/churn")).Status.ShouldBe(HttpStatusCode.BadRequest);

        await using var trusting = await DelegationStage.SetAsync(
            flavour: ForgeFlavour.Gogs,
            more: "without_protection: allow"
        );
        (await trusting.ExchangeAsync("ml/churn")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("Threat", "T53")]
    public async Task NobodyGetsATokenForThePoliciesThemselves()
    {
        await using var stage = await DelegationStage.SetAsync();

        (await stage.ExchangeAsync("ml/churn", "own")).Status.ShouldBe(HttpStatusCode.OK);
        (await stage.ExchangeAsync("ml/policies", "own")).Status.ShouldBe(HttpStatusCode.BadRequest);
        stage.Stage.Forge.RenameRepository(stage.Policies.Forge, "harmless");
        (await stage.ExchangeAsync("ml/harmless", "own")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    [Trait("Threat", "T40")]
    public async Task AnotherRepositoryOfThatNameGivesNothing()
    {
        await using var stage = await DelegationStage.SetAsync(id: 4711);

        (await stage.ExchangeAsync("ml/churn")).Status.ShouldBe(HttpStatusCode.BadRequest);

        var refused = (await stage.EntriesAsync(AuditTypes.TrustPoliciesRefused)).ShouldHaveSingleItem();
        ((string)refused["decision"]!["reason"]!).ShouldContain("policy_repository.id is 4711");
    }

    [Fact]
    [Trait("Threat", "T54")]
    public async Task ASilentForgeIsGivenAQuarterOfAnHour()
    {
        await using var stage = await DelegationStage.SetAsync();
        var policies = new TrustPolicies([]);
        var clock = new ManualClock();
        using var watch = new PolicyRepositoryWatch(
            stage.Stage.Services.GetRequiredService<PolicyRepository>(),
            stage.Stage.Services.GetRequiredService<TrustDelegation>(),
            policies,
            stage.Stage.Services.GetRequiredService<AuditTrail>(),
            clock,
            NullLogger<PolicyRepositoryWatch>.Instance
        );
        await watch.LookAsync(default);
        policies.All.Count.ShouldBe(1);
        stage.Stage.Forge.Faults.GoOffline();

        clock.Advance(PolicyRepositoryWatch.Patience / 2);
        await watch.LookAsync(default);
        policies.All.Count.ShouldBe(1);

        clock.Advance(PolicyRepositoryWatch.Patience);
        await watch.LookAsync(default);
        policies.All.ShouldBeEmpty();
        stage.Stage.Forge.Faults.ComeBack();
    }
}
