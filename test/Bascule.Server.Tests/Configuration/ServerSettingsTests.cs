using System.Net;
using System.Text;
using Bascule.Core.Settings;
using Bascule.Core.Workflows;
using Bascule.Server.Configuration;

namespace Bascule.Server.Tests.Configuration;

public sealed class ServerSettingsTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    [Fact]
    public void ReadsEveryKey()
    {
        var (settings, problems) = _folder.Load(SettingsFolder.Full);

        problems.ShouldBeEmpty();
        settings!.PublicUrl.OriginalString.ShouldBe("https://bascule.example.com");
        settings.DataFolder.ShouldBe(_folder.Path("store"));
        settings.Storage.ShouldBe(new SqliteSettings(_folder.Path("store/runs.db")));
        settings.Listen.Public.ToString().ShouldBe("0.0.0.0:8443");
        settings.Listen.Tls.ShouldBe(new TlsFiles(_folder.Path("tls.pem"), _folder.Path("tls.key")));
        settings.Forges.Single().Forge.Kind.ShouldBe("gitea");
        settings.Forges.Single().Takes("ml/churn").ShouldBeTrue();
        settings.Forges.Single().Takes("web/shop").ShouldBeFalse();
        settings
            .Platforms.Select(one => one.Platform.Kind)
            .ShouldBe(["databricks", "airflow", "airflow", "apim", "apim"]);
        settings
            .Environments.Select(environment => environment.Name)
            .ShouldBe(["ml-dev", "ml-prod", "ml-live", "dags", "apis", "ml-both"]);
        settings.FindEnvironment("ml-dev")!.Rule.PullRequests.ShouldBeTrue();
        settings.FindEnvironment("ml-prod")!.Rule.Branches.ShouldBe([Glob.Parse("main")]);
        settings.FindEnvironment("ml-prod")!.Platform.ShouldBe(settings.Platforms[0]);
        settings.Intake.MaxBodyBytes.ShouldBe(10 * 1024 * 1024);
        settings.Telemetry.Otlp.ShouldBe(new Uri("https://otel.example.com:4318"));
    }

    [Fact]
    public void ReadsWhoHasToApprove()
    {
        var (settings, problems) = _folder.Load(SettingsFolder.Full);

        problems.ShouldBeEmpty();
        settings!.FindEnvironment("ml-prod")!.Rule.Approvals.ShouldBeNull();
        var rule = settings.FindEnvironment("ml-live")!.Rule;
        rule.DemandsProven.ShouldBeTrue();
        var policy = rule.Approvals.ShouldNotBeNull();
        (policy.Required, policy.Within, policy.Fresh).ShouldBe((2, TimeSpan.FromHours(24), TimeSpan.FromMinutes(5)));
        (policy.ForgeReviews, policy.BreakGlass).ShouldBe((true, true));
        policy
            .From.Select(selector => selector.Text)
            .ShouldBe(["group:ml-leads", "person:https://id.example.com#00u1"]);
        policy.Window!.ToString().ShouldBe("mon, fri 08:00-18:00 Europe/Berlin");
    }

    [Fact]
    public void ApprovalsLetNothingMoreInWhereLittleIsSaid()
    {
        var (settings, problems) = _folder.Load(
            SettingsFolder.With(
                "branches: [main] }",
                "branches: [main], approvals: { required: 1, from: [\"group:a\"] } }"
            )
        );

        problems.ShouldBeEmpty();
        var policy = settings!.FindEnvironment("ml-prod")!.Rule.Approvals.ShouldNotBeNull();
        (policy.Within, policy.Fresh, policy.Window).ShouldBe((TimeSpan.FromHours(72), TimeSpan.FromMinutes(10), null));
        (policy.ForgeReviews, policy.BreakGlass).ShouldBe((false, false));
    }

    [Fact]
    public void ContentMayHaveToBeProvenWhereNobodyApproves()
    {
        var (settings, problems) = _folder.Load(
            SettingsFolder.With("branches: [main] }", "branches: [main], assurance: proven }")
        );

        problems.ShouldBeEmpty();
        var rule = settings!.FindEnvironment("ml-prod")!.Rule;
        (rule.DemandsProven, rule.Approvals).ShouldBe((true, null));
    }

    [Fact]
    public void TellsEverythingThatIsWrongWithApprovalsAtOnce() =>
        _folder
            .Problems(
                SettingsFolder.With(
                    "branches: [main] }",
                    "branches: [main], assurance: sure, approvals: { required: 0, from: [leads], within: 3w, window: { days: [tag], hours: 8, zone: Mars }, frseh: 1m } }"
                )
            )
            .Select(problem => problem[(problem.IndexOf("environments", StringComparison.Ordinal))..])
            .ShouldBe(
                [
                    "environments.ml-prod.assurance: is 'sure', which is not known; write assurance: proven, or remove it",
                    "environments.ml-prod.approvals.required: is not a whole number from 1 to 20; write one, without quotes",
                    "environments.ml-prod.approvals.from: holds something else: 'leads' names nobody; write group:NAME, or person:ISSUER#SUBJECT; list who may approve, e.g. [\"group:ml-leads\"]",
                    "environments.ml-prod.approvals.within: is '3w', which is no such time; write minutes, hours or days, e.g. 72h, at most 90d",
                    "environments.ml-prod.approvals.window.days: holds 'tag', which is no day; list mon, tue, wed, thu, fri, sat, sun",
                    "environments.ml-prod.approvals.window.hours: is '8', which are no hours; write two times in quotes, e.g. \"08:00-18:00\"",
                    "environments.ml-prod.approvals.window.zone: names 'Mars', which this server does not know; write e.g. Europe/Berlin",
                    "environments.ml-prod.approvals.frseh: is not a known key; remove it, or use one of: break_glass, forge_reviews, fresh, from, required, window, within",
                ],
                ignoreOrder: true
            );

    [Fact]
    public void ReadsWhatMayRunAndLetsOneRunWhereNothingIsSaid()
    {
        var limited = SettingsFolder.With(
            "branches: [main] }",
            "branches: [main], max_running: 4, hours: { daily: 24 } }"
        );
        var (settings, problems) = _folder.Load(limited);

        problems.ShouldBeEmpty();
        settings!
            .FindEnvironment("ml-prod")!
            .Rule.Limits.ShouldBe(new EnvironmentLimits(MaxRunning: 4, DailyHours: 24));
        settings
            .FindEnvironment("ml-dev")!
            .Rule.Limits.ShouldBe(new EnvironmentLimits(MaxRunning: 1, DailyHours: null));
    }

    [Theory]
    [InlineData("", 24)]
    [InlineData("deploy_refs: { outage_hours: 0 }\n", 0)]
    [InlineData("deploy_refs: { outage_hours: 168 }\n", 168)]
    public void ReadsHowLongDeployRefsAreServedWithoutTheDatabase(string line, int hours)
    {
        var (settings, problems) = _folder.Load(
            SettingsFolder.With("deploy_refs: { outage_hours: 48, store_bytes: 1048576 }\n", line)
        );

        problems.ShouldBeEmpty();
        settings!.DeployRefs.Outage.ShouldBe(TimeSpan.FromHours(hours));
    }

    [Theory]
    [InlineData("deploy_refs: {}\n", "deploy_refs: is empty; write outage_hours")]
    [InlineData(
        "deploy_refs: { outage_hours: 169 }\n",
        "deploy_refs.outage_hours: is not a whole number from 0 to 168"
    )]
    [InlineData("deploy_refs: { outage: 1 }\n", "deploy_refs.outage: is not a known key")]
    public void SaysWhatIsWrongWithHowDeployRefsAreServed(string line, string said) =>
        _folder
            .Problems(SettingsFolder.With("deploy_refs: { outage_hours: 48, store_bytes: 1048576 }\n", line))
            .ShouldHaveSingleItem()
            .ShouldContain(said);

    [Fact]
    [Trait("Threat", "T106")]
    public void RewrittenHistoryStopsWhereNothingElseIsSaid()
    {
        var (settings, problems) = _folder.Load(
            SettingsFolder.With("branches: [main] }", "branches: [main], rewritten: run }")
        );

        problems.ShouldBeEmpty();
        settings!.FindEnvironment("ml-prod")!.Rule.Rewritten.ShouldBe(RewrittenHistory.Run);
        settings.FindEnvironment("ml-dev")!.Rule.Rewritten.ShouldBe(RewrittenHistory.Stop);
    }

    [Theory]
    [InlineData("", 90)]
    [InlineData("\n    rotate_secrets: 30d", 30)]
    [InlineData("\n    rotate_secrets: never", null)]
    [Trait("Threat", "T22")]
    public void SecretsOfWebhooksAreReplacedUnlessSomebodySaysNever(string written, int? days)
    {
        var (settings, problems) = _folder.Load(
            SettingsFolder.With("    repositories: [\"ml/*\"]", $"    repositories: [\"ml/*\"]{written}")
        );

        problems.ShouldBeEmpty();
        settings!.Forges[0].RotateSecrets.ShouldBe(days is { } some ? TimeSpan.FromDays(some) : null);
    }

    [Fact]
    public void KeepsToItselfWhereNothingIsSaid()
    {
        var listen = SettingsFolder.Full[
            SettingsFolder.Full.IndexOf("data:", StringComparison.Ordinal)..SettingsFolder.Full.IndexOf(
                "forges:",
                StringComparison.Ordinal
            )
        ];

        var (settings, problems) = _folder.Load(SettingsFolder.With(listen, ""));

        problems.ShouldBeEmpty();
        settings!.DataFolder.ShouldBe(_folder.Path("data"));
        settings.Storage.ShouldBe(new SqliteSettings(_folder.Path("data/bascule.db")));
        settings.Listen.Public.Address.ShouldBe(IPAddress.Loopback);
        settings.Listen.Local.Address.ShouldBe(IPAddress.Loopback);
    }

    [Fact]
    public void ReportsEverythingAtOnceInTheOrderOfTheFile() =>
        _folder
            .Problems(
                """
                url: http://bascule.example.com
                forges:
                  Git: { kind: gitlab, url: "https://git.example.com", repositories: [ml] }
                environments:
                  prod: { platform: dbx, repositories: ["hub:ml/*", "ml/*"], branchs: [main] }
                approvals: {}
                colour: red
                """
            )
            .ShouldBe([
                "bascule.yaml:1:1: url: is http:// to a host other than this machine's loopback; write https:// and the name by which others reach this server",
                "bascule.yaml:1:1: platforms: is missing; name at least one system that runs code below it",
                "bascule.yaml:3:3: forges.Git: is not a name; use lower-case letters, digits and hyphens, a letter or digit first and last, at most 63",
                "bascule.yaml:3:10: forges.Git.kind: 'gitlab' is not known; use one of: gitea, forgejo, gogs",
                "bascule.yaml:3:56: forges.Git.repositories: holds 'ml', which no repository matches; write owner/name, or **",
                "bascule.yaml:5:9: environments.prod.branches: is missing; list branches, e.g. [main], or write pull_requests: true",
                "bascule.yaml:5:11: environments.prod.platform: names 'dbx', which is not below platforms; add it there",
                "bascule.yaml:5:26: environments.prod.repositories: names forge 'hub', which is not below forges; use one of: Git",
                "bascule.yaml:5:26: environments.prod.repositories: holds 'ml/*', which does not name a forge before a colon; list forge and repository, e.g. [\"git:ml/*\"]",
                "bascule.yaml:6:1: approvals: is not available in this version; remove it",
                "bascule.yaml:7:1: colour: is not a known key; remove it, or use one of: audit, data, deploy_refs, environments, exchange, forges, git, intake, issuers, listen, master_key, mirrors, platforms, policy_repository, provenance, pushes, retention, roles, secrets, sign_in, storage, telemetry, trust_policies, url",
            ]);

    [Theory]
    [InlineData("branches: [main] }", "branches: [main], concurrency: 1 }", "environments.ml-prod.concurrency")]
    [InlineData("intake:", "people: []\nintake:", "people")]
    public void RefusesWhatALaterVersionBrings(string piece, string replacement, string key) =>
        _folder
            .Problems(SettingsFolder.With(piece, replacement))
            .ShouldContain(problem => problem.Contains($"{key}: is not available in this version; remove it"));

    [Theory]
    [InlineData("typo at the top", "intake:", "intakes:", "intakes: is not a known key")]
    [InlineData("typo in a forge", "token\"\n    ca:", "token\"\n    caa:", "forges.git.caa: is not a known key")]
    [InlineData(
        "typo in a platform",
        "audience: dbx",
        "audienc: dbx",
        "platforms.dbx.login.federation.audienc: is not a known key"
    )]
    [InlineData(
        "typo in an environment",
        "branches: [main] }",
        "branche: [main] }",
        "environments.ml-prod.branche: is not a known key"
    )]
    [InlineData(
        "wrong type",
        "repositories: [\"ml/*\"]",
        "repositories: ml/*",
        "forges.git.repositories: is not a list"
    )]
    [InlineData(
        "quoted flag",
        "pull_requests: true }\n  ml-prod",
        "pull_requests: \"true\" }\n  ml-prod",
        "environments.ml-dev.pull_requests: is neither true nor false"
    )]
    [InlineData(
        "yes",
        "pull_requests: true }\n  ml-prod",
        "pull_requests: yes }\n  ml-prod",
        "environments.ml-dev.pull_requests: is neither true nor false"
    )]
    [InlineData("no value", "schema: churn", "schema: ", "environments.ml-prod.schema: has no value")]
    [Trait("Threat", "T55")]
    public void RefusesUnknownKeysAndWrongTypes(string name, string piece, string replacement, string problem) =>
        _folder
            .Problems(SettingsFolder.With(piece, replacement))
            .ShouldContain(found => found.Contains(problem), customMessage: name);

    [Theory]
    [InlineData("https://Bascule.example.com")]
    [InlineData("https://bascule.example.com:443")]
    [InlineData("https://bascule.example.com/x")]
    [InlineData("https://bascule.example.com?x")]
    [InlineData("https://bascule.example.com#x")]
    [InlineData("https://good@bascule.example.com")]
    [InlineData("https://bücher.example.com")]
    [InlineData("https://bascule.example.com.")]
    [InlineData("http://127.1:8080")]
    [InlineData("http://10.0.0.1")]
    [InlineData("ftp://bascule.example.com")]
    [InlineData("bascule.example.com")]
    [Trait("Threat", "T26")]
    public void RefusesAnOwnAddressThatCouldBeWrittenInTwoWays(string url) =>
        _folder
            .Problems(SettingsFolder.With("https://bascule.example.com", $"'{url}'"))
            .ShouldContain(problem => problem.Contains(":1:1: url: "));

    [Theory]
    [InlineData("everywhere", "public: \"0.0.0.0:8443\"", "listen.public: would take plain HTTP from other machines")]
    [InlineData("one address", "public: \"10.1.2.3:80\"", "listen.public: would take plain HTTP from other machines")]
    [InlineData("IPv6", "public: \"[::]:80\"", "listen.public: would take plain HTTP from other machines")]
    [InlineData("short spelling", "public: \"127.1:80\"", "listen.public: is not an address and a port")]
    [InlineData("no port", "public: \"127.0.0.1\"", "listen.public: is not an address and a port")]
    [InlineData("a name", "public: \"example.com:80\"", "listen.public: is not an address and a port")]
    [InlineData("local for all", "local: \"0.0.0.0:8081\"", "listen.local: is not a loopback address")]
    [InlineData(
        "both the same",
        "public: \"127.0.0.1:80\", local: \"127.0.0.1:80\"",
        "listen.local: is the public address too"
    )]
    [InlineData("half of TLS", "tls: { certificate: tls.pem }", "listen.tls.key: is missing")]
    [InlineData(
        "wrong key file",
        "tls: { certificate: tls.pem, key: token }",
        "listen.tls.certificate: and key are no PEM files"
    )]
    [InlineData(
        "no key file",
        "tls: { certificate: tls.pem, key: gone }",
        "listen.tls.key: names a file that cannot be read"
    )]
    [InlineData("trusted headers", "trusted_proxies: [10.0.0.1]", "listen.trusted_proxies: is not a known key")]
    [Trait("Threat", "T21")]
    public void RefusesToListenWhereOthersCouldReadOrReachTooMuch(string name, string listen, string problem) =>
        _folder.Problems(WithListen(listen)).ShouldContain(found => found.Contains(problem), customMessage: name);

    [Theory]
    [InlineData("public: \"0.0.0.0:8080\", behind_proxy: true")]
    [InlineData("public: \"127.0.0.1:0\", local: \"127.0.0.1:0\"")]
    [InlineData("public: \"[::1]:8080\", local: \"localhost:8081\"")]
    [InlineData("public: \"10.1.2.3:8443\", tls: { certificate: tls.pem, key: tls.key }")]
    public void ListensWhereTlsEndsOrNobodyElseCanReach(string listen) =>
        _folder.Problems(WithListen(listen)).ShouldBeEmpty();

    [Fact]
    public void RefusesTwoConnectionsToOneForge() =>
        _folder
            .Problems(
                SettingsFolder.With(
                    "platforms:\n",
                    "  hub: { kind: gogs, url: \"https://git.example.com/\", token: \"file:token\", repositories: [\"**\"] }\nplatforms:\n"
                )
            )
            .ShouldHaveSingleItem()
            .ShouldContain("forges.hub.url: is the one of forge 'git' too; keep one connection to a server");

    [Fact]
    public void SaysWhatToDoWhenTheFileIsMissingOrTooLarge()
    {
        var (settings, problems) = ServerSettings.Load(_folder.Path("gone.yaml"), [], [], TimeProvider.System);

        settings.ShouldBeNull();
        problems
            .Single()
            .ToString()
            .ShouldEndWith(
                "gone.yaml:1:1: the file: is not there; write one with `bascule init`, or name yours with --config"
            );
        _folder
            .Problems("a: b #" + new string('x', 1024 * 1024))
            .Single()
            .ShouldContain("is too large; keep it under 1024 KiB");
    }

    [Fact]
    public void DoesNotSayThatSomethingIsMissingWhichYamlHid() =>
        _folder
            .Problems(SettingsFolder.With("\"https://git.example.com\"", "*alias"))
            .ShouldHaveSingleItem()
            .ShouldContain("forges.git.url: is an alias (*)");

    [Fact]
    [Trait("Threat", "T114")]
    public void NeverShowsASecretThatWasWrittenInTheWrongPlace()
    {
        var problems = _folder.Problems(SettingsFolder.With("\"file:token\"", "hunter2"));

        string[] keys =
        [
            "forges.git.token",
            "forges.git.oauth.secret",
            "platforms.af2.login.password",
            "sign_in.okta.secret",
            "audit.collectors.otel.token",
            "audit.collectors.splunk.headers.Authorization",
        ];
        problems.Count.ShouldBe(keys.Length);
        foreach (var key in keys)
            problems.ShouldContain(problem => problem.Contains($"{key}: holds a value", StringComparison.Ordinal));
        problems.ShouldAllBe(problem => !problem.Contains("hunter2"));
    }

    [Theory]
    [InlineData("ml-Prod")]
    [InlineData("-prod")]
    [InlineData("prod-")]
    [InlineData("ml_prod")]
    [InlineData("ml:prod")]
    [InlineData("ml/prod")]
    [InlineData("ml.prod")]
    [InlineData("a123456789012345678901234567890123456789012345678901234567890123")]
    public void RefusesNamesThatCouldBeMistaken(string name) =>
        _folder
            .Problems(SettingsFolder.With("ml-prod:", $"\"{name}\":"))
            .ShouldHaveSingleItem()
            .ShouldContain("is not a name");

    private static string WithListen(string listen)
    {
        var start = SettingsFolder.Full.IndexOf("listen:", StringComparison.Ordinal);
        var end = SettingsFolder.Full.IndexOf("forges:", StringComparison.Ordinal);
        return new StringBuilder(SettingsFolder.Full)
            .Remove(start, end - start)
            .Insert(start, $"listen: {{ {listen} }}\n")
            .ToString();
    }

    public void Dispose() => _folder.Dispose();
}
