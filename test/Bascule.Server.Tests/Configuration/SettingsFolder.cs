using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bascule.Connectors.Forges.Forgejo;
using Bascule.Connectors.Forges.Gitea;
using Bascule.Connectors.Forges.Gogs;
using Bascule.Core.Forges;
using Bascule.Core.Platforms;
using Bascule.Core.Settings;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;

namespace Bascule.Server.Tests.Configuration;

/// <summary>A folder with a settings file and the files that it names.</summary>
public sealed class SettingsFolder : IDisposable
{
    /// <summary>Every key that there is, once at least.</summary>
    public const string Full = """
        url: https://bascule.example.com
        data: store
        storage: { sqlite: store/runs.db }
        master_key: "file:store/master.key"
        secrets:
          refresh_minutes: 30
          vault:
            url: "https://vault.example.com:8200"
            ca: tls.pem
            namespace: ml
            login: { jwt: { role: bascule, mount: team/jwt, audience: "https://vault.example.com", token_file: jwt } }
          azure:
            login: { federation: { tenant: "11111111-2222-3333-4444-555555555555", client: "11111111-2222-3333-4444-666666666666", audience: a, token_file: jwt } }
            authority: "https://login.microsoftonline.us"
            suffix: vault.usgovcloudapi.net
            vaults: { corp: "https://10.0.0.8" }
            ca: tls.pem
          aws:
            login: { web_identity: { role: "arn:aws:iam::123456789012:role/bascule", audience: sts.amazonaws.com, token_file: jwt } }
            endpoints: { secretsmanager: "https://sm.example.com", sts: "https://sts.example.com", metadata: "http://127.0.0.1:1338" }
            ca: tls.pem
        listen:
          public: "0.0.0.0:8443"
          local: "127.0.0.1:8081"
          tls: { certificate: tls.pem, key: tls.key }
        forges:
          git:
            kind: gitea
            url: "https://git.example.com"
            token: "file:token"
            ca: tls.pem
            repositories: ["ml/*"]
            oauth: { client: 0oa9, secret: "file:token" }
            reconcile: { requests_per_second: 5, every_seconds: 300, sweep_hours: 24 }
        platforms:
          dbx:
            kind: databricks
            url: "https://adb-1.azuredatabricks.net"
            ca: tls.pem
            folder: /Workspace/Shared/bascule
            login: { federation: { client: "1b2c", audience: dbx } }
          af:
            kind: airflow
            url: "https://airflow.example.com/prod"
            ca: tls.pem
            version: 3
            bundle: bascule
            login: { signed: { audience: airflow } }
          af2:
            kind: airflow
            url: "https://old.example.com"
            version: 2
            login: { user: bascule, password: "file:token" }
          gateway:
            kind: apim
            subscription: 11111111-2222-3333-4444-555555555555
            resource_group: rg-apis
            service: apim-prod
            url: "https://management.example.com"
            audience: "https://management.azure.com"
            authority: "https://login.example.com"
            ca: tls.pem
            login: { federation: { tenant: 11111111-2222-3333-4444-555555555556, client: 11111111-2222-3333-4444-555555555557, planner: 11111111-2222-3333-4444-555555555558, audience: gateway } }
          gateway2:
            kind: apim
            subscription: 11111111-2222-3333-4444-555555555555
            resource_group: rg-apis
            service: apim-dev
            login: { managed_identity: system }
        environments:
          ml-dev: { platform: dbx, catalog: dev, repositories: ["git:ml/*"], pull_requests: true }
          ml-prod: { platform: dbx, catalog: main, schema: churn, repositories: ["git:ml/*"], branches: [main] }
          ml-live:
            platform: dbx
            repositories: ["git:ml/*"]
            branches: [live]
            approvals:
              required: 2
              from: ["group:ml-leads", "person:https://id.example.com#00u1"]
              within: 24h
              window: { days: [mon, fri], hours: "08:00-18:00", zone: Europe/Berlin }
              fresh: 5m
              forge_reviews: true
              break_glass: true
            assurance: proven
          dags:
            platform: af
            repositories: ["git:ml/dags"]
            branches: [main]
            dags: { folder: dags, max_files: 10, max_file_bytes: 100, max_tasks: 5, forbidden_imports: [subprocess, airflow.models], require: [owner, schedule], dynamic_ids: refuse, dynamic_tasks: allow, dynamic_imports: warn, opaque: warn, ignore_syntax: regexp }
            read_within_minutes: 20
            error_stands_seconds: 60
          apis:
            platform: gateway
            repositories: ["git:web/apis"]
            branches: [main]
            drift: { every: 30m }
            apis:
              folder: gateway
              overrides: prod
              rules:
                deny: [send-request]
                require: { service: [cors], product: [quota], api: [validate-jwt], operation: [rate-limit] }
                keep_base: true
                cors: { wildcard_with_credentials: warn }
                send_request_hosts: ["*.example.com", "login.example.net:8443"]
                issuer_hosts: [login.example.com]
                expressions: { allow: [set-header] }
                secrets: warn
                unknown_elements: warn
                existing: { named_values: [a], backends: [b], loggers: [c], policy_fragments: [d], version_sets: [e], apis: [f] }
          ml-both: { platform: dbx, repositories: ["git:ml/churn"], branches: [main], pull_requests: true }
        issuers:
          cluster:
            url: "https://oidc.example.com/id/1"
            audiences: ["https://bascule.example.com"]
            algorithms: [RS256, ES384]
            max_lifetime: 1h
            clock_skew: 10
            ca: tls.pem
            jwks_hosts: [keys.example.com]
          ci: { url: "https://ci.example.com" }
        trust_policies:
          nightly:
            issuer: cluster
            subject: "system:serviceaccount:ml:train"
            claims:
              /kubernetes.io/namespace: ml
              tier: [gold, silver]
              protected: true
              project: 7
              ref: { pattern: "refs/heads/*" }
              run: { regex: "[0-9]+" }
              teams: { has: [ml, data] }
            repositories: ["git:ml/*"]
            refs: [refs/heads/main, "refs/tags/v*"]
            verbs: [fetch]
            lifetime: 30m
            single_use: true
          release:
            issuer: ci
            subject_pattern: "repo:ml/*"
            audiences: ["https://bascule.example.com"]
            other_audiences: true
            claims: { teams: { has: ml } }
            repositories: ["git:ml/churn"]
            refs: ["refs/**"]
            verbs: [fetch, push]
          bots: { issuer: ci, audiences: [b], subject_regex: "bot-[0-9]+", repositories: ["git:ml/churn"], refs: ["refs/**"], verbs: [push] }
        policy_repository: { repository: "git:platform/policies", id: 17, branch: main, issuers: [cluster], repositories: ["git:ml/*"], verbs: [fetch], lifetime: 30m, without_protection: refuse }
        exchange: { tokens_per_minute: 600, refusals_per_minute: 30 }
        deploy_refs: { outage_hours: 48, store_bytes: 1048576 }
        git: { limits: { identity_requests: 8, question_bytes: 1048576, idle_seconds: 30, push_refs: 5 } }
        sign_in:
          okta:
            issuer: "https://company.okta.com"
            client: 0oa1
            secret: "file:token"
            cli_client: 0ob2
            title: Company account
            groups: groups
            scopes: [openid, profile, email, groups]
            graph: "https://graph.microsoft.com"
            algorithms: [RS256, ES256]
            max_lifetime: 25h
            clock_skew: 10
            ca: tls.pem
            jwks_hosts: [keys.okta.com]
        roles:
          - { role: viewer, to: ["group:staff"] }
          - { role: approver, to: ["group:ml-leads", "person:https://id.example.com#ada"], environments: [ml-both], repositories: ["git:ml/*"] }
        intake: { max_body_bytes: 10485760 }
        provenance: { key: "pkcs11:audit/01", pkcs11: { module: /usr/lib/softhsm/libsofthsm2.so, token: bascule, pin: 'file:token' }, overlap: 2d }
        audit:
          witnesses: ["auditor.example.org+443d21a7+BD+/hzZpvODl80M5SozY2Wr2eQS/IhfA0R2bODb1oTUH"]
          collectors:
            siem: { kind: syslog, address: "logs.example.com:6514", ca: tls.pem, certificate: tls.pem, key: "file:tls.key", enterprise_number: 61234, max_message_bytes: 65536 }
            otel: { kind: otlp, url: "https://collect.example.com:4318", ca: tls.pem, token: "file:token", required: false }
            splunk: { kind: http, url: "https://splunk.example.com:8088/services/collector/raw", headers: { Authorization: "file:token" } }
            archive: { kind: file, path: store/audit.jsonl }
        telemetry: { otlp: "https://otel.example.com:4318" }
        """;

    public static IReadOnlyList<IForgeConnector> Forges { get; } =
    [new GiteaConnector(), new ForgejoConnector(), new GogsConnector()];

    public static IReadOnlyList<IPlatformConnector> Platforms { get; } = ConnectorKinds.Platforms;

    private static (string Certificate, string Key) Pair { get; } = MakePair();

    public SettingsFolder()
    {
        File.WriteAllText(Path("token"), "s3cret\n");
        File.WriteAllText(Path("tls.pem"), Pair.Certificate);
        File.WriteAllText(Path("tls.key"), Pair.Key);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("bascule-settings-").FullName;

    public string Path(string name) => System.IO.Path.Combine(Folder, name);

    public (ServerSettings? Settings, IReadOnlyList<SettingProblem> Problems) Load(string yaml)
    {
        File.WriteAllText(Path("bascule.yaml"), yaml);
        return ServerSettings.Load(Path("bascule.yaml"), Forges, Platforms, TimeProvider.System);
    }

    /// <summary>What is wrong, without the folder, one a line.</summary>
    public IReadOnlyList<string> Problems(string yaml)
    {
        var (settings, problems) = Load(yaml);
        (settings is null).ShouldBe(problems.Count > 0);
        return [.. problems.Select(problem => problem.ToString().Replace(Folder + "/", "", StringComparison.Ordinal))];
    }

    /// <summary>The full file with one piece of text replaced; the piece must be there.</summary>
    public static string With(string piece, string replacement)
    {
        Full.ShouldContain(piece);
        return Full.Replace(piece, replacement, StringComparison.Ordinal);
    }

    /// <summary>The full file in which nobody signs in.</summary>
    public static string WithoutSignIn() => Without("sign_in:", "roles:");

    /// <summary>The full file without any issuer: nobody signs in and nothing is exchanged.</summary>
    public static string WithoutIssuers() => Without("issuers:", "roles:");

    /// <summary>The full file in which nothing is exchanged.</summary>
    public static string WithoutExchange() => Without("issuers:", "sign_in:");

    /// <summary>The full file in which nobody gets a copy of the audit log.</summary>
    public static string WithoutCollectors() => WithoutCollectors(Full);

    public static string WithoutCollectors(string yaml)
    {
        var start = yaml.IndexOf("\naudit:", StringComparison.Ordinal) + 1;
        return yaml.Remove(start, yaml.IndexOf("\ntelemetry:", StringComparison.Ordinal) + 1 - start);
    }

    private static string Without(string from, string to)
    {
        var start = Full.IndexOf($"\n{from}", StringComparison.Ordinal) + 1;
        return Full.Remove(start, Full.IndexOf($"\n{to}", StringComparison.Ordinal) + 1 - start);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static (string Certificate, string Key) MakePair()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=bascule.example.com", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch.AddYears(99)
        );
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
