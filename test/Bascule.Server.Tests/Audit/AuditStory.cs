using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Shipping;
using Bascule.Core.Exchange;
using Bascule.Core.Installation;
using Bascule.Core.People;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Configuration;
using Bascule.Server.Connect;
using Bascule.Server.Connections;
using Bascule.Server.Events;
using Bascule.Server.Holding;
using Bascule.Server.Identity;
using Bascule.Server.Issuers;
using Bascule.Server.People;
using Bascule.Server.Personal;
using Bascule.Server.Retention;
using Bascule.Server.Shipping;
using Bascule.Server.SignIn;
using Bascule.Server.Tests.Accounts;
using Bascule.Server.Tests.Audit.Log;
using Bascule.Server.Tests.Credentials;
using Bascule.Server.Tests.Deployments;
using Bascule.Server.Tests.Exchange;
using Bascule.Server.Tests.GitProxy;
using Bascule.Server.Tests.GitProxy.Lfs;
using Bascule.Server.Tests.Reports;
using Bascule.Server.Tests.Runs;
using Bascule.Server.Tests.Shipping;
using Bascule.Server.Tests.SignIn;
using Bascule.Server.Tests.World;
using Bascule.Server.Work;
using Bascule.Storage;
using Bascule.Storage.Snapshots;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bascule.Server.Tests.Audit;

/// <summary>A day in which everything happens that is written down.</summary>
internal static class AuditStory
{
    /// <param name="trap">Takes the secrets of the day, and looks through what was written to disk.</param>
    public static async Task<IReadOnlyList<JsonObject>> PlayAsync(SecretTrap? trap = null)
    {
        trap ??= new SecretTrap();
        var forge = new FakeStatusForge();
        await using var world = await ServerWorld.ServeAsync(forge);
        await world.HoldAsync();
        (await world.Get<HoldRelease>().ReleaseAsync("operator", default)).Problem.ShouldBeNull();
        forge.Repositories.Add(ServerWorld.Repository);
        await foreach (var _ in world.Get<Connector>().ConnectAsync(rotate: false, default)) { }
        foreach (var secret in forge.WebhookSecrets)
            trap.Take("webhook secret", secret.Reveal());
        await RunAsync(world, forge);
        await SignAsync(world, trap);
        await RefuseAsync(world);
        await QuarantineAsync(world);
        await KeepAsync(world);
        (
            await world.Get<Retirement>().RetireAsync("https://id.example.com#ada", "operator", default)
        ).Problem.ShouldBeNull();
        await EraseAsync(world);
        await SpoolAsync(world);
        trap.Search(Path.GetDirectoryName(world.DatabaseFile)!);
        return
        [
            .. await world.EntriesAsync(),
            .. await CopyAsync(world),
            .. await SignInAsync(trap),
            .. await LinkAsync(trap),
            .. await ExchangeStory.PlayAsync(trap),
            .. await ApprovalStory.PlayAsync(),
            .. await SignatureStory.PlayAsync(),
            .. await FetchAsync(trap),
            .. await DelegateAsync(),
            .. await ReplaceCredentialAsync(),
            .. await LoseAsync(),
            .. await ReplayToCollectorAsync(),
            .. await DriftStory.PlayAsync(),
            .. await PromotionStory.PlayAsync(),
            .. await UnfoundedStory.PlayAsync(),
        ];
    }

    private static async Task EraseAsync(ServerWorld world)
    {
        const string ada = "https://id.example.com#ada";
        var erasure = world.Get<Erasure>();
        (await erasure.HoldAsync(ada, "case 7", "operator", default)).Problem.ShouldBeNull();
        (await erasure.ReleaseAsync(ada, "the case is closed", "operator", default)).Problem.ShouldBeNull();
        (await erasure.EraseAsync(ada, "they asked for it", "operator", default)).Problem.ShouldBeNull();
    }

    private static async Task<IReadOnlyList<JsonObject>> LoseAsync()
    {
        await using var world = await LogWorld.OpenAsync();
        await world.WriteAsync(2);
        await world.PublishAsync();
        await world.PublishAsync();
        using var keys = await world.KeysAsync();
        await world.TamperAsync("DROP TRIGGER audit_log_only_grows; UPDATE audit_log SET published_size = 1, size = 1");
        (await world.Publisher().PublishAsync(keys, default)).Problem.ShouldNotBeNull();
        return [.. await world.EntriesAsync(AuditTypes.LogOpened), .. await world.EntriesAsync(AuditTypes.HistoryLost)];
    }

    private static async Task<IReadOnlyList<JsonObject>> DelegateAsync()
    {
        await using var stage = await DelegationStage.SetAsync();
        await stage.ChangeAsync(null);
        await stage.LookAsync();
        return
        [
            .. await stage.EntriesAsync(AuditTypes.TrustPoliciesTaken),
            .. await stage.EntriesAsync(AuditTypes.TrustPoliciesRefused),
        ];
    }

    private static async Task<IReadOnlyList<JsonObject>> LinkAsync(SecretTrap trap)
    {
        var stage = new AccountStage();
        await stage.InitializeAsync();
        try
        {
            var (ada, person) = await stage.PersonAsync("ada");
            var code = trap.Take("link code", await AccountStage.CodeAsync(ada, "gogs"));
            await AccountStage.ProveAsync(ada, "gogs", stage.Write("gogs", "ada", code).Address);
            var account = (await stage.LinksAsync(person))[0].AccountId;
            await ada.PostAsync("/account/links/gogs/remove", ("account", $"{account}"));
            return
            [
                .. await stage.EntriesAsync(AuditTypes.AccountLinked),
                .. await stage.EntriesAsync(AuditTypes.AccountUnlinked),
            ];
        }
        finally
        {
            await stage.DisposeAsync();
        }
    }

    private static async Task<IReadOnlyList<JsonObject>> ReplaceCredentialAsync()
    {
        await using var world = await CredentialWorld.OpenAsync("gitea");
        await world.SealAsync();
        await world.SealAsync();
        await world.AskAsync();
        await world.FinishAsync();
        await world.AskAsync();
        world.Forge.Faults.FailNext("POST", "/tokens$", 403);
        await world.FinishAsync();
        return await world.EntriesAsync();
    }

    private static async Task<IReadOnlyList<JsonObject>> ReplayToCollectorAsync()
    {
        var collector = new CollectorSettings("siem", new LabCollector(), IsRequired: true, []);
        await using var world = await ServerWorld.OpenAsync(collectors: [collector]);
        await world.ApplyAsync(
            new SaveCollector(new CollectorPosition("siem", 3), 0),
            new SaveCollectorLetter(new CollectorLetter("siem", 2, "too large", 5, world.Clock.GetUtcNow()))
        );
        (await world.Get<CollectorActs>().ReplayAsync("siem", 2, Actor.LocalOperator, default)).Problem.ShouldBeNull();
        return await world.EntriesAsync();
    }

    private static async Task<IReadOnlyList<JsonObject>> FetchAsync(SecretTrap trap)
    {
        var stage = new GitStage();
        await stage.InitializeAsync();
        trap.Take("forge credential", stage.World.ForgeToken);
        await stage.User(trap.Take("git token", stage.Token())).GitAsync("clone", "-q", stage.Address.AbsoluteUri, ".");
        await stage
            .User(trap.Take("unknown token", "unknown-7f3a9c"))
            .FailAsync("ls-remote", stage.Address.AbsoluteUri);
        var machine = stage.User(trap.Take("git token", stage.WorkloadToken(GitVerb.Fetch, GitVerb.Push)));
        await machine.GitAsync("clone", "-q", stage.Address.AbsoluteUri, ".");
        await machine.GitAsync("push", "-q", "origin", "HEAD:refs/heads/story");
        var deployed = await DeployedStory.CreateAsync(stage, "deployed");
        await deployed.DeployAsync(deployed.Repository.Train);
        await deployed.DeployAsync(await deployed.Repository.PushAsync("train", "bad"));
        (await deployed.RollBackAsync()).Problem.ShouldBeNull();
        await stage
            .User(trap.Take("git token", deployed.Token()))
            .GitAsync("clone", "-q", deployed.Repository.Address, ".");
        var lfs = await LfsRepository.CreateAsync(stage, "story");
        await lfs.AddAsync("main", "a large file");
        await lfs.GetAsync(lfs.All(), "a large file");
        using var file = new HttpRequestMessage(HttpMethod.Get, stage.Of("/raw/git/ml/churn/HEAD/train.py"));
        file.Headers.Authorization = new AuthenticationHeaderValue("Bearer", trap.Take("git token", stage.Token()));
        using var read = await stage.SendAsync(file);
        await stage.Get<RefusalCounter>().FlushAsync(default);
        IReadOnlyList<JsonObject> entries =
        [
            .. await stage.EntriesAsync(AuditTypes.GitFileRead),
            .. await stage.EntriesAsync(AuditTypes.LfsRead),
            .. await stage.EntriesAsync(AuditTypes.LfsWritten),
            .. await stage.EntriesAsync(AuditTypes.DeployRefMoved),
            .. await stage.EntriesAsync(AuditTypes.GitFetched),
            .. await stage.EntriesAsync(AuditTypes.GitRefused),
            .. await stage.EntriesAsync(AuditTypes.PushDecided),
            .. await stage.EntriesAsync(AuditTypes.PushEnded),
        ];
        trap.Search(stage.World.DataFolder);
        await stage.DisposeAsync();
        return entries;
    }

    private static async Task<IReadOnlyList<JsonObject>> SignInAsync(SecretTrap trap)
    {
        var stage = new SignInStage();
        await stage.InitializeAsync();
        using var ann = stage.NewVisitor();
        await ann.SignInAsync();
        trap.Take("session", ann.SessionCookie!);
        await ann.PostAsync("/sign-out");
        var link = await stage.Services.GetRequiredService<FirstAdmin>().MakeLinkAsync("operator", default);
        trap.Take("first admin's link", link.Value.Query.Split('=')[^1]);
        await ann.GetAsync(link.Value);
        await ann.SignInAsync(query: link.Value.Query);
        await ann.GetAsync("/sign-in/corp/callback?state=none&iss=none");
        stage.Corp.Person = "u-gone";
        using var gone = stage.NewVisitor();
        await gone.SignInAsync();
        var person = (await stage.FindPersonAsync("u-gone"))!;
        await stage
            .Services.GetRequiredService<IWorkStore>()
            .ApplyAsync([new RetirePerson(person.Uid, DateTimeOffset.UtcNow)], default);
        await gone.SignInAsync();
        await stage.Services.GetRequiredService<RefusalCounter>().FlushAsync(default);
        await stage
            .Services.GetRequiredService<IInstallationStore>()
            .BindIssuersAsync(["https://later.example.com"], default);
        await stage
            .Services.GetRequiredService<IssuerTrust>()
            .ConfirmAsync(
                "https://later.example.com",
                new Actor(ActorType.Human, "p-aaaaaaaaaaaaaaaa") { Subject = new(stage.Corp.Url, "admin") },
                default
            );
        List<JsonObject> entries = [];
        foreach (
            var type in new[]
            {
                AuditTypes.PersonSignedIn,
                AuditTypes.PersonSignedOut,
                AuditTypes.SignInsRefused,
                AuditTypes.PersonRefused,
                AuditTypes.FirstAdminAsked,
                AuditTypes.FirstAdminGranted,
                AuditTypes.IssuerNoted,
                AuditTypes.IssuerConfirmed,
            }
        )
            entries.AddRange(await stage.EntriesAsync(type));
        await stage.DisposeAsync();
        return entries;
    }

    private static async Task RunAsync(ServerWorld world, FakeStatusForge forge)
    {
        var run = await world.EndAsync(new Observation(PlatformRunState.Failed, "it broke", null, null));
        await world.DrainAsync("attest");
        await world.DrainAsync("report");
        var forged = forge.Statuses[0] with { CreatorId = 666 };
        forge.Statuses.Insert(0, forged);
        var again = (await world.Get<IRunCommands>().RetryAsync(run.Id, "operator", default)).Value;
        forge.Failing = Problem.Unavailable(new string('x', 299) + "😀");
        await world.StepAsync("report.status");
        forge.Failing = null;
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        await world.DrainAsync("report");
        await world.Get<IRunCommands>().CancelAsync(again.Id, "operator", default);
        var why = new ReproductionRequest("an auditor asks", Register: false);
        (await world.Get<IRunCommands>().ReproduceAsync(run.Id, why, "operator", default)).Problem.ShouldBeNull();
        await world.QueueAsync('b', ServerWorld.File.Replace("ml-prod", "ml-dev", StringComparison.Ordinal));
    }

    private static async Task SignAsync(ServerWorld world, SecretTrap trap)
    {
        var (keys, trail) = (world.Get<SigningKeys>(), world.Get<AuditTrail>());
        using var seen = new KeyPublication(keys, world.Address, null, NullLogger<KeyPublication>.Instance);
        var identities = new RunIdentities(world.Get<IssuerAddress>(), keys, seen, trail, world.Clock);
        var environment = world.Get<EnvironmentConnections>().Find("ml-prod")!;
        var run = ReportStage.ARun(RunState.Queued);
        var signed = await identities.For(run, environment).AssertAsync("aud", TimeSpan.FromMinutes(1), default);
        trap.Take("signed token", signed.Value.Reveal());
        var calls = new CallAudit(trail, new Dictionary<string, string> { ["run"] = run.Id.Text });
        var details = new JsonObject { ["files"] = 3 };
        await calls.CallAsync("lab.runs.submit", "p-1", details, _ => Task.FromResult(Result.Done), default);
    }

    private static async Task RefuseAsync(ServerWorld world)
    {
        using var client = new HttpClient();
        using var refused = await client.PostAsync(new Uri(world.Address, "/hooks/w-unknown"), content: null);
        await world.Get<RefusalCounter>().FlushAsync(default);
        world.Get<FormerSecretCounter>().Count("w-1", world.Clock.GetUtcNow());
        await world.Get<FormerSecretCounter>().FlushAsync(default);
    }

    private static async Task KeepAsync(ServerWorld world)
    {
        var aside = (await world.Storage.Work.ReadQuarantinedAsync(1, default))[0];
        (await world.Get<EventReplay>().ReplayAsync($"{aside.Item.Id}", "operator", default)).Problem.ShouldBeNull();
        var item = (await world.DueAsync(aside.Item.Kind)).Single();
        var quarantined = new QuarantinedWork(Problem.Internal("it broke again"));
        (
            await world.Storage.Work.SettleAsync(item, quarantined, world.Clock.GetUtcNow(), default)
        ).Problem.ShouldBeNull();
        (
            await world.Get<EventDismissal>().DismissAsync($"{item.Id}", "nobody needs it", "operator", default)
        ).Problem.ShouldBeNull();
        world.Clock.Advance(TimeSpan.FromDays(40));
        await world.Handler<RetentionHandler>().HandleAsync(ReportStage.Row("retention", "everything"), default);
    }

    /// <summary>A cancel while the log cannot be written, and a clock that was set back.</summary>
    private static async Task SpoolAsync(ServerWorld world)
    {
        var run = await world.QueueAsync('c', ServerWorld.File);
        world.Audit.Failing = Problem.Unavailable("the disk is full");
        (await world.Get<IRunCommands>().CancelAsync(run.Id, "operator", default)).Problem.ShouldBeNull();
        world.Audit.Failing = null;
        await world.Get<SpoolReplay>().ReplayAsync(default);
        world.Clock.Advance(TimeSpan.FromDays(-1));
        (await world.Get<ClockCheck>().CheckAsync(default)).Problem.ShouldBeNull();
        world.Clock.Advance(TimeSpan.FromDays(1));
    }

    /// <summary>What a restored and then moved copy says of itself: its last two entries.</summary>
    private static async Task<IReadOnlyList<JsonObject>> CopyAsync(ServerWorld world)
    {
        var folder = Directory.CreateTempSubdirectory("bascule-copies-").FullName;
        string Path(string name) => System.IO.Path.Combine(folder, name);
        var snapshots = new Snapshots(world.Clock, "1.2.3");
        var (restored, moved) = (new SqlitePlace(Path("restored.db")), new SqlitePlace(Path("moved.db")));
        (
            await snapshots.BackUpAsync(new SqlitePlace(world.DatabaseFile), Path("backup"), default)
        ).Problem.ShouldBeNull();
        (await snapshots.RestoreAsync(restored, Path("backup"), default)).Problem.ShouldBeNull();
        (await snapshots.ExportAsync(restored, Path("export"), default)).Problem.ShouldBeNull();
        (await snapshots.ImportAsync(moved, Path("export"), default)).Problem.ShouldBeNull();
        await using (var storage = await SqliteStorage.OpenAsync(moved.File, world.Clock, default))
        {
            var entries = await storage.Audit.ReadAsync((await world.EntriesAsync()).Count, 10, default);
            Directory.Delete(folder, recursive: true);
            return [.. entries.Select(entry => JsonNode.Parse(entry.Entry.Span)!.AsObject())];
        }
    }

    private static async Task QuarantineAsync(ServerWorld world)
    {
        await world.ApplyAsync(new AddWork(new NewWork("lane", "unknown", "x", world.Clock.GetUtcNow())));
        var dispatcher = ActivatorUtilities.CreateInstance<Dispatcher>(world.Services, Array.Empty<IWorkHandler>());
        await dispatcher.StartAsync(default);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await world.Storage.Work.ReadQuarantinedAsync(1, default)).Count == 0)
            await Task.Delay(10, patience.Token);
        await dispatcher.StopAsync(default);
    }
}
