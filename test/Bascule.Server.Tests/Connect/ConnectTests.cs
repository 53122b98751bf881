using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Forges;
using Bascule.Server.Connect;
using Bascule.Server.Events;
using Bascule.Server.Intake;
using Bascule.Server.Mirrors;
using Bascule.Server.Tests.Events;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Connect;

public sealed class ConnectTests : IAsyncLifetime
{
    private const string Prefix = "https://bascule.example.com/hooks/";
    private ServerWorld _world = null!;

    private FakeForge Forge => _world.Forge;

    public async Task InitializeAsync()
    {
        _world = await ServerWorld.OpenAsync(new FakeIssueForge());
        Forge.Repositories.Add(ServerWorld.Repository);
        _world.Mirror.Commit(ServerWorld.Main, 'a', parent: null, (".bascule.yaml", ServerWorld.File));
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task OneWebhookIsRegisteredAndFoundAgain()
    {
        (await ConnectAsync()).ShouldContain("Done git:ml/churn: webhook 101 was registered; 1 refs noted");
        (await ConnectAsync()).ShouldContain("Done git:ml/churn: webhook 101 is registered; 0 refs noted");

        Forge.Calls.ShouldBe(["register"]);
        var webhook = (await _world.Storage.Webhooks.ListAsync(default)).ShouldHaveSingleItem();
        Forge.Registered.ShouldHaveSingleItem().Target.ShouldBe(Prefix + webhook.Uid);
        webhook.Uid.ShouldMatch("^w-[0-9a-f]{24}$");
    }

    [Fact]
    [Trait("Threat", "T02")]
    public async Task EachWebhookHasARandomSecretThatIsKeptSealed()
    {
        await ConnectAsync();

        var webhook = (await _world.Storage.Webhooks.ListAsync(default)).ShouldHaveSingleItem();
        var secret = _world.MasterKey.Open(WebhookRegistry.SecretPurpose, webhook.SealedSecret);
        secret.Length.ShouldBe(64);
        webhook.SealedSecret.AsSpan().IndexOf(secret).ShouldBe(-1);
    }

    [Fact]
    public async Task AWebhookThatSomebodyDeletedOrSwitchedOffIsMadeAnew()
    {
        await ConnectAsync();
        Forge.Registered[0] = Forge.Registered[0] with { Active = false };

        (await ConnectAsync()).ShouldContain("Done git:ml/churn: webhook 102 was registered; 0 refs noted");

        Forge.Calls.ShouldBe(["register", "delete", "register"]);
        (await _world.Storage.Webhooks.ListAsync(default)).ShouldHaveSingleItem().ForgeWebhookId.ShouldBe(102);
    }

    [Fact]
    public async Task AWebhookOfOursWhoseAnswerWasLostIsReplacedAndOthersAreLeftAlone()
    {
        Forge.Registered.Add(new RegisteredWebhook(1, Prefix + "w-lost", true, ["push"]));
        Forge.Registered.Add(new RegisteredWebhook(2, "https://ci.example.com/hooks/x", true, ["push"]));

        await ConnectAsync();

        Forge.Registered.Select(hook => hook.Id).ShouldBe([2, 101]);
    }

    [Fact]
    [Trait("Threat", "T116")]
    public async Task NothingIsRegisteredThatCannotBeWrittenDown()
    {
        _world.Audit.Failing = Problem.Unavailable("the disk is full");

        (await ConnectAsync()).ShouldContain(line =>
            line.StartsWith("Bad git:ml/churn: the audit log", StringComparison.Ordinal)
        );

        Forge.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task TheFirstPushAfterConnectIsAMoveAndNotABeginning()
    {
        await ConnectAsync();
        _world.Mirror.Commit(ServerWorld.Main, 'b', FakeMirror.Id('a'), ("train.py", "b"));

        var delivery = await _world.DeliverAsync(Hints.Push());
        await _world.DrainAsync("event");

        (await _world.OutcomeAsync(delivery))!.ShouldStartWith("main moved to bbbbbbbb");
    }

    [Fact]
    [Trait("Threat", "T11")]
    public async Task ARefThatMovedWhileBasculeWasAwayIsLookedAt()
    {
        await ConnectAsync();
        var moved = _world.Mirror.Commit(ServerWorld.Main, 'b', FakeMirror.Id('a'), ("train.py", "b"));

        (await ConnectAsync()).ShouldContain(
            "Done git:ml/churn: webhook 101 is registered; 0 refs noted, 1 looked at because they have moved"
        );
        await _world.DrainAsync(LookHandler.LookKind);

        (await _world.RunsAsync()).ShouldHaveSingleItem().Commit.ShouldBe(moved);
    }

    [Fact]
    public async Task RepositoriesThatTheSettingsDoNotNameAreLeftAlone()
    {
        Forge.Repositories.Clear();
        Forge.Repositories.Add(ServerWorld.Repository with { Id = 9, Owner = "hr" });

        (await ConnectAsync()).ShouldContain(line =>
            line.Contains("none of the 1 repositories that its token can see")
        );

        Forge.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task AForgeWithoutStatusesGetsABadgeAndEachEnvironmentItsCommand()
    {
        var findings = await FindingsAsync();

        findings.ShouldContain(finding =>
            finding.Kind == FindingKind.Note && finding.Command != null && finding.Command.Contains("/badges/")
        );
        findings.ShouldContain(finding =>
            finding.Subject == "environment ml-prod"
            && finding.Command == "trust https://bascule.example.com for env:e-ml-prod"
        );
    }

    [Fact]
    public async Task DoctorSaysWhatIsWrongWithEachConnection()
    {
        await ConnectAsync();
        Forge.Registered[0] = Forge.Registered[0] with { Active = false };
        (await DoctorAsync()).ShouldContain(line => line.Contains("webhook 101 is switched off at the forge"));
        Forge.Registered.Clear();
        (await DoctorAsync()).ShouldContain(line => line.Contains("webhook 101 was deleted at the forge"));
        _world.Mirror.Failing = Problem.Denied("the credential was not taken");
        (await DoctorAsync()).ShouldContain("Bad git:ml/churn: git cannot read it: the credential was not taken");
        Forge.Failing = Problem.Unauthenticated("the token is not known");
        (await DoctorAsync()).ShouldContain("Bad forge git: the token is not known");
    }

    [Fact]
    public async Task DoctorSaysWhetherSignaturesCanBeCheckedWhereTheyAreNeeded()
    {
        (await DoctorAsync()).ShouldNotContain(line => line.Contains("signatures", StringComparison.Ordinal));
        await _world.DisposeAsync();
        _world = await ServerWorld.OpenAsync(rules: rule => rule with { DemandsProven = rule.Name == "ml-prod" });

        (await DoctorAsync()).ShouldContain(
            "Good environment ml-prod: signatures of commits can be checked, of SSH and of OpenPGP"
        );
        new SignatureTools("no-such-program", "gpg")
            .FindSshKeygen()
            .Problem!.Message.ShouldEndWith("apt-get install openssh-client");
    }

    [Fact]
    public async Task DoctorIsContentWhenAllIsWell()
    {
        await ConnectAsync();

        var lines = await DoctorAsync();

        lines.ShouldContain("Good forge git: the token is bascule-bot's, version 1.0");
        lines.ShouldContain("Good git:ml/churn: git reads it, 1 refs");
        lines.ShouldContain(line =>
            line.StartsWith("Good git:ml/churn: webhook 101 is registered", StringComparison.Ordinal)
        );
        lines.ShouldContain("Good environment ml-prod: platform 'lab-1' takes Bascule's token; there it is lab user");
        lines.ShouldContain(line => line.StartsWith("Bad public address", StringComparison.Ordinal)); // nobody serves it here
    }

    private async Task<IReadOnlyList<Finding>> FindingsAsync()
    {
        var findings = new List<Finding>();
        await foreach (var finding in _world.Get<Connector>().ConnectAsync(rotate: false, default))
            findings.Add(finding);
        return findings;
    }

    private async Task<IReadOnlyList<string>> ConnectAsync() => [.. (await FindingsAsync()).Select(Line)];

    private async Task<IReadOnlyList<string>> DoctorAsync()
    {
        var lines = new List<string>();
        await foreach (var finding in _world.Get<Doctor>().ExamineAsync(default))
            lines.Add(Line(finding));
        return lines;
    }

    private static string Line(Finding finding) => $"{finding.Kind} {finding.Subject}: {finding.Text}";
}
