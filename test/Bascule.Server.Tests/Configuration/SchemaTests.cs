using System.Text;
using Bascule.Server.Configuration;
using Bascule.Server.Workflows;
using Bascule.Testing;
using Bascule.Testing.Node;

namespace Bascule.Server.Tests.Configuration;

/// <summary>The schemas that editors use, judged by a validator of others, beside our own readers.</summary>
public sealed class SchemaTests : IDisposable
{
    private const string ServerSchema = "schemas/bascule.schema.json";
    private const string WorkflowSchema = "schemas/bascule-workflow.schema.json";

    /// <summary>What only our readers see: names that refer to each other, files, how an address is compared, YAML's own devices.</summary>
    private static readonly string[] BeyondSchemas =
    [
        "which is not below",
        "which no environment matches",
        "is the one of forge",
        "cannot be read",
        "no readable PEM certificate",
        "no PEM files that belong together",
        "is not written as it is understood",
        "is the public address too",
        "which nobody knows",
        "has an anchor",
        "is missing, and a parameter has",
        "which is not a time of five fields",
        "which this server does not know",
        "is not the name of a branch",
        "and its issuer names none",
        "is no regular expression",
        "only groups (?:…) are taken",
        "which is more than ASCII",
    ];

    private readonly SettingsFolder _folder = new();

    [NodeFact]
    public void TakesWhatOurReadersTake()
    {
        Judge(
                ServerSchema,
                [SettingsFolder.Full, SettingsTemplate.Fill("https://bascule.corp.test", "0d1e2f"), Minimal]
            )
            .ShouldAllBe(faults => faults.Count == 0);
        Judge(
                WorkflowSchema,
                [File.ReadAllText(RepositoryFolder.PathOf("samples/workflows/databricks.bascule.yaml")), Small]
            )
            .ShouldAllBe(faults => faults.Count == 0);
        _folder.Problems(Minimal).ShouldBeEmpty();
        ReadWorkflow(Small).ShouldBeEmpty();
    }

    /// <summary>Every key left out and replaced, alone: editor and server say yes and no to the same files.</summary>
    [NodeFact]
    public void AgreesWithOurServerReaderAboutEveryDamage()
    {
        var plain = SettingsFolder
            .With("tls: { certificate: tls.pem, key: tls.key }", "behind_proxy: true")
            .Replace("    ca: tls.pem\n", "", StringComparison.Ordinal);

        ShouldAgree(ServerSchema, Damaged(plain), _folder.Problems);
    }

    [NodeFact]
    public void AgreesWithOurWorkflowReaderAboutEveryDamage() =>
        ShouldAgree(WorkflowSchema, Damaged(Workflows), ReadWorkflow);

    [NodeFact]
    public void AgreesWithOurReadersAboutWhatPeopleGetWrong()
    {
        ShouldAgree(
            ServerSchema,
            [.. ServerCases.Select(change => Change(SettingsFolder.Full, change))],
            _folder.Problems
        );
        ShouldAgree(WorkflowSchema, [.. WorkflowCases.Select(change => Change(Small, change))], ReadWorkflow);
    }

    private const string Minimal = """
        url: http://127.0.0.1:8080
        forges: { a: { kind: gogs, url: "http://localhost:3000/gogs", token: "file:token", repositories: ["**"] } }
        platforms: { b: { kind: databricks, url: "https://x.test", login: { federation: { client: 1 } } } }
        environments: { c: { platform: b, repositories: ["a:**"], branches: ["**", 1.10], policy: p, workers: 2, jobs: [7, "8"] } }
        """;

    private const string Small = """
        workflows:
          churn:
            root: ml/churn
            on:
              push: { branches: [main], environment: ml-prod }
            databricks: { job: 7 }
        """;

    private const string Workflows = """
        workflows:
          a:
            root: ml/a
            on:
              push: { branches: [main, "release/*"], paths: ["ml/**"], environment: prod }
              pull_request: { branches: [main], paths: ["ml/a/**"], environment: dev }
            databricks:
              task: { python: train.py, parameters: ["--alpha", 0.1], dependencies: ["scikit-learn==1.7"] }
              model: churn.classifier
              experiment: /Shared/churn
              timeout: 45m
            report: { metrics: { rmse: lower, auc: { better: higher, tolerance: 0.01 } } }
          b:
            on: { pull_request: { branches: ["**"] } }
            databricks: { task: { notebook: a/train.ipynb, parameters: { alpha: 0.1 } } }
          c:
            on:
              push: { branches: [main], environment: prod }
              schedule: { cron: "0 3 * * *", time_zone: UTC, branch: main, environment: prod }
            concurrency: { max_running: 1, cancel_in_progress: true }
            databricks: { job: 7, model: m }
        """;

    /// <summary>What to look for, and what to put there.</summary>
    private static readonly (string Piece, string Replacement)[] ServerCases =
    [
        ("intake:", "intakes:"),
        ("https://otel.example.com:4318", "http://otel.example.com:4318"),
        ("https://otel.example.com:4318", "http://127.0.0.1:4318"),
        ("https://otel.example.com:4318", "grpc://otel.example.com:4317"),
        ("otlp: \"https", "oltp: \"https"),
        ("https://bascule.example.com", "https://bascule.example.com/x"),
        ("https://bascule.example.com", "http://bascule.example.com"),
        ("https://bascule.example.com", "https://Bascule.example.com"),
        ("https://bascule.example.com", "https://a@bascule.example.com"),
        ("https://bascule.example.com", "https://bascule.example.com:8443"),
        ("subject: \"system", "subjet: \"system"),
        ("subject: \"system", "subject_pattern: \"*\"\n    subject: \"system"),
        ("lifetime: 30m", "lifetime: 1h"),
        ("lifetime: 30m", "lifetime: 2h"),
        ("lifetime: 30m", "lifetime: 61m"),
        ("{ pattern: \"refs/heads/*\" }", "{ pattern: \"refs/heads/*\", regex: a }"),
        ("{ pattern: \"refs/heads/*\" }", "{}"),
        ("{ pattern: \"refs/heads/*\" }", "{ like: a }"),
        ("tier: [gold, silver]", "tier: []"),
        ("tier: [gold, silver]", "tier: [\"\"]"),
        ("has: [ml, data]", "has: []"),
        ("verbs: [fetch, push]", "verbs: [fetch, delete]"),
        ("verbs: [fetch, push]", "verbs: []"),
        ("refs/tags/v*", "tags/v*"),
        ("tokens_per_minute: 600", "tokens_per_minute: 0"),
        ("identity_requests: 8", "identity_requests: 0"),
        ("idle_seconds: 30", "idle_seconds: 86401"),
        ("push_refs: 5", "push_refs: 51"),
        ("0.0.0.0:8443", "localhost:8443"),
        ("0.0.0.0:8443", "0.0.0.0"),
        ("tls: { certificate: tls.pem, key: tls.key }", ""),
        ("tls: { certificate: tls.pem, key: tls.key }", "behind_proxy: true"),
        ("tls: { certificate: tls.pem, key: tls.key }", "behind_proxy: false"),
        ("key: tls.key }", "key: tls.key }\n  behind_proxy: true"),
        ("key: tls.key }", "key: tls.key }\n  behind_proxy: false"),
        (", key: tls.key", ""),
        ("127.0.0.1:8081", "0.0.0.0:8081"),
        ("127.0.0.1:8081", "[::1]:8081"),
        ("kind: gitea", "kind: gitlab"),
        ("kind: gitea", "kind: forgejo"),
        ("\"ml/*\"", "\"ml\""),
        ("\"ml/*\"", "\"ml/churn\", \"**\", \"ml/**\", \"**/churn\", \"**/a/**/b\""),
        ("\"ml/*\"", "\"a/b/c\""),
        ("\"ml/*\"", "\"a/**/b/c\""),
        ("\"ml/*\"", "\"ml/../x\""),
        ("\"ml/*\"", "\"ml/a**\""),
        ("\"ml/*\"", "\"ml/[a]\""),
        ("\"ml/*\"", "\"ml/\""),
        ("file:token", "token"),
        ("kind: databricks", "kind: azureml"),
        ("https://adb-1.azuredatabricks.net", "https://adb-1.azuredatabricks.net/x"),
        ("/Workspace/Shared/bascule", "/Shared/bascule"),
        ("https://adb-1.azuredatabricks.net\"", "https://adb-1.azuredatabricks.net\"\n    cli: databricks"),
        ("https://adb-1.azuredatabricks.net\"", "https://adb-1.azuredatabricks.net\"\n    cli: /usr/bin/env"),
        ("client: \"1b2c\"", "client: \"1b2c\", planner: \"2c3d\""),
        (
            "login: { federation: { client: \"1b2c\", audience: dbx } }",
            "cli: /usr/bin/env\n    login: { federation: { client: \"1b2c\", planner: \"2c3d\" } }"
        ),
        (
            "login: { federation: { client: \"1b2c\", audience: dbx } }",
            "cli: /usr/bin/env\n    login: { federation: { client: \"1b2c\", planner: \"a b\" } }"
        ),
        ("branches: [main] }", "branches: [main], bundles: [prod, 1] }"),
        ("branches: [main] }", "branches: [main], bundles: [\"a b\"] }"),
        ("branches: [main] }", "branches: [main], bundles: prod }"),
        ("/Workspace/Shared/bascule", "/Workspace/../bascule"),
        ("ml-prod:", "ml_prod:"),
        ("ml-prod:", "Prod:"),
        ("branches: [main] }", "branches: [] }"),
        ("branches: [main] }", "branches: [\"main|dev\", \"release/**/x\", 1.10] }"),
        ("branches: [main] }", "branches: [\"a//b\"] }"),
        ("branches: [main] }", "branches: [main], approvals: { required: 1 } }"),
        ("branches: [main] }", "branches: [main], approvals: {} }"),
        ("branches: [main] }", "branches: [main], approvals: 1 }"),
        ("branches: [main] }", "branches: [main], approvals: { required: 1, from: [\"group:a\"] } }"),
        ("branches: [main] }", "branches: [main], assurance: proven }"),
        ("assurance: proven", "assurance: asserted"),
        ("required: 2", "required: 0"),
        ("required: 2", "required: 21"),
        ("required: 2", "required: \"2\""),
        ("[\"group:ml-leads\", \"person:https://id.example.com#00u1\"]", "[]"),
        ("group:ml-leads", "ml-leads"),
        ("group:ml-leads", "group:"),
        ("person:https://id.example.com#00u1", "person:ada@example.com"),
        ("person:https://id.example.com#00u1", "person:#00u1"),
        ("within: 24h", "within: 90d"),
        ("within: 24h", "within: 91d"),
        ("within: 24h", "within: 2160h"),
        ("within: 24h", "within: 2161h"),
        ("within: 24h", "within: 24"),
        ("within: 24h", "within: 0h"),
        ("fresh: 5m", "fresh: 24h"),
        ("fresh: 5m", "fresh: 25h"),
        ("fresh: 5m", "fresh: 1440m"),
        ("fresh: 5m", "fresh: 1441m"),
        ("fresh: 5m", "fresh: 2d"),
        ("days: [mon, fri]", "days: [monday]"),
        ("days: [mon, fri]", "days: []"),
        ("08:00-18:00", "8-18"),
        ("08:00-18:00", "22:00-06:00"),
        ("08:00-18:00", "08:00-24:00"),
        ("08:00-18:00", "08:00-08:00"),
        ("window: { days: [mon, fri], hours: \"08:00-18:00\", zone: Europe/Berlin }", "window: {}"),
        (
            "window: { days: [mon, fri], hours: \"08:00-18:00\", zone: Europe/Berlin }",
            "window: { hours: \"08:00-18:00\" }"
        ),
        ("forge_reviews: true", "forge_reviews: 1"),
        ("break_glass: true", "break_glas: true"),
        ("branches: [main] }", "branches: [main], max_running: 4, hours: { daily: 24 } }"),
        ("branches: [main] }", "branches: [main], max_running: 0 }"),
        ("sweep_hours: 24 }", "sweep_hours: 24 }\n    ssh: \"gogs@git.example.com\""),
        ("sweep_hours: 24 }", "sweep_hours: 24 }\n    ssh: \"git@git.example.com:2222\""),
        ("sweep_hours: 24 }", "sweep_hours: 24 }\n    ssh: \"git@git.example.com:0\""),
        ("sweep_hours: 24 }", "sweep_hours: 24 }\n    ssh: git.example.com"),
        ("sweep_hours: 24 }", "sweep_hours: 24 }\n    ssh: \"-oProxyCommand=x@git.example.com\""),
        ("sweep_hours: 24 }", "sweep_hours: 24 }\n    rotate_secrets: 30d"),
        ("sweep_hours: 24 }", "sweep_hours: 24 }\n    rotate_secrets: never"),
        ("sweep_hours: 24 }", "sweep_hours: 24 }\n    rotate_secrets: 0d"),
        ("sweep_hours: 24 }", "sweep_hours: 24 }\n    rotate_secrets: 30"),
        ("token: \"file:token\"\n    ca", "credential: {}\n    ca"),
        ("token: \"file:token\"\n    ca", "credential: { rotate_every: 30d, overlap: 1h }\n    ca"),
        ("token: \"file:token\"\n    ca", "token: \"file:token\"\n    credential: { overlap: 10m }\n    ca"),
        ("token: \"file:token\"\n    ca", "credential: { rotate_every: 0d }\n    ca"),
        ("token: \"file:token\"\n    ca", "credential: { overlap: 25h }\n    ca"),
        ("token: \"file:token\"\n    ca", "credential: { overlap: 0m }\n    ca"),
        ("token: \"file:token\"\n    ca", "credential: 1\n    ca"),
        ("token: \"file:token\"\n    ca", "credential: {}\n    administrator: \"file:token\"\n    ca"),
        ("branches: [main] }", "branches: [main], rewritten: run }"),
        ("branches: [main] }", "branches: [main], rewritten: stop }"),
        ("branches: [main] }", "branches: [main], rewritten: yes }"),
        ("branches: [main] }", "branches: [main], hours: 24 }"),
        ("branches: [main] }", "branches: [main], promotes: [production, champion] }"),
        ("branches: [main] }", "branches: [main], promotes: [] }"),
        ("branches: [main] }", "branches: [main], promotes: [production, production] }"),
        ("branches: [main] }", "branches: [main], promotes: [\"7\"] }"),
        ("branches: [main] }", "branches: [main], promotes: [a b] }"),
        ("branches: [main] }", "branches: [main], promotes: production }"),
        ("branches: [main] }", "branches: [main], pull_requests: true, promotes: [p], train_once: [ml-prod] }"),
        ("branches: [main] }", "branches: [main], pull_requests: true, promotes: [p], train_once: ml-prod }"),
        ("branches: [main] }", "branches: [main], pull_requests: true, promotes: [p], train_once: [] }"),
        (
            "branches: [main] }",
            "branches: [main], pull_requests: true, promotes: [p], train_once: [ml-prod, ml-prod] }"
        ),
        ("branches: [main] }", "branches: [main], pull_requests: true, train_once: [ml-prod] }"),
        ("branches: [main] }", "pull_requests: true, promotes: [p], train_once: [ml-prod] }"),
        ("branches: [main] }", "branches: [main], hours: {} }"),
        ("branches: [main] }", "branches: [main], hours: { daily: 1.5 } }"),
        ("branches: [main] }", "branches: [main], hours: { weekly: 5 } }"),
        ("branches: [main] }", "branches: [main], cluster: c, policy: p }"),
        ("branches: [main] }", "branches: [main], workers: 2 }"),
        ("branches: [main] }", "branches: [main], policy: p, workers: 2, spark_version: 15.4.x, node_type: n }"),
        ("branches: [main] }", "branches: [main], workers: 2.5, policy: p }"),
        ("branches: [main] }", "branches: [main], jobs: [a] }"),
        ("branches: [main] }", "branches: [main], observe: { models: [churn.classifier], experiments: [/Shared/x] } }"),
        ("branches: [main] }", "branches: [main], notebook_outputs: strip }"),
        ("branches: [main] }", "branches: [main], notebook_outputs: keep }"),
        ("branches: [main] }", "branches: [main], notebook_outputs: refuse }"),
        ("branches: [main] }", "branches: [main], notebook_outputs: stripped }"),
        ("branches: [main] }", "branches: [main], notebook_outputs: [strip] }"),
        ("branches: [main] }", "branches: [main], observe: { models: [\"a'b\"] } }"),
        ("branches: [main] }", "branches: [main], observe: { experiments: [\"a\\tb\"] } }"),
        ("branches: [main] }", "branches: [main], observe: {} }"),
        ("branches: [main] }", "branches: [main], observe: { jobs: [churn nightly, 123456789] } }"),
        ("branches: [main] }", "branches: [main], observe: { jobs: [] } }"),
        ("branches: [main] }", "branches: [main], observe: { jobs: a } }"),
        ("branches: [main] }", "branches: [main], observe: { jobs: [a, a] } }"),
        ("branches: [main] }", "branches: [main], observe: { jobs: [\"a\\tb\"] } }"),
        ("branches: [main] }", "branches: [main], observe: { jobs: [\"a  b\"] } }"),
        ("branches: [main] }", "branches: [main], observe: { jobs: [\"\"] } }"),
        ("branches: [main] }", "branches: [main], observe: { job: [a] } }"),
        ("branches: [main] }", "branches: [main], experiments: Shared }"),
        ("branches: [main] }", "branches: [main], experiments: /Shared/x }"),
        (", branches: [main] }", " }"),
        ("branches: [main], pull_requests: true", "branches: [main], pull_requests: yes"),
        ("pull_requests: true }\n  ml-prod", "pull_requests: false }\n  ml-prod"),
        ("catalog: main, schema", "schema"),
        ("catalog: main", "catalog: a.b"),
        ("git:ml/churn", "ml/churn"),
        ("git:ml/churn", "Git:ml/churn"),
        ("issuer: \"https://company", "issuer: \"http://company"),
        ("https://company.okta.com", "https://company.okta.com/oauth2/default/"),
        ("issuer: ", "url: "),
        ("client: 0oa1", ""),
        ("secret: \"file:token\"", "secret: s3cret"),
        ("[openid, profile, email, groups]", "[profile]"),
        ("[openid, profile, email, groups]", "[]"),
        ("[openid, profile, email, groups]", "[openid, \"a b\"]"),
        ("[openid, profile, email, groups]", "[openid, urn:x/y]"),
        ("[RS256, ES256]", "[HS256]"),
        ("[RS256, ES256]", "[]"),
        ("25h", "8d"),
        ("25h", "0h"),
        ("clock_skew: 10", "clock_skew: 61"),
        ("https://graph.microsoft.com", "graph.microsoft.com"),
        ("[keys.okta.com]", "[\"https://keys.okta.com\"]"),
        ("okta:\n", "Okta:\n"),
        ("10485760", "10"),
        ("10485760", "\"10485760\""),
        ("{ sqlite: store/runs.db }", "{ postgres: \"file:x\" }"),
        ("{ sqlite: store/runs.db }", "{}"),
        ("data: store", "data: &a store"),
        ("data: store", "data: store\ndata: store"),
    ];

    private static readonly (string Piece, string Replacement)[] WorkflowCases =
    [
        ("root: ml/churn", "root: /ml"),
        ("root: ml/churn", "root: ml/"),
        ("root: ml/churn", "root: ml/*"),
        ("root: ml/churn", "root: ../ml"),
        ("root: ml/churn", "root: ml/.Git"),
        ("root: ml/churn", "root: .github"),
        ("root: ml/churn", "root: 2024"),
        ("root: ml/churn", "roots: ml"),
        ("root: ml/churn", "approvals: 1"),
        ("root: ml/churn", "lfs: true"),
        ("root: ml/churn", "report: { metrics: { rmse: down } }"),
        ("root: ml/churn", "report: { metrics: {}, require: x }"),
        ("root: ml/churn", "report: { metrics: { rmse: lower }, require: [rmse] }"),
        ("root: ml/churn", "report: { metrics: { rmse: lower }, require: [rmse, rmse] }"),
        ("root: ml/churn", "report: { metrics: { rmse: { better: up } } }"),
        ("root: ml/churn", "report: { metrics: { rmse: { tolerance: 1 } } }"),
        ("root: ml/churn", "report: { metrics: { rmse: { better: lower, tolerance: -1 } } }"),
        ("push:", "schedule:"),
        ("push: { branches: [main], environment: ml-prod }", "{}"),
        (", environment: ml-prod", ""),
        ("push: { branches: [main], environment: ml-prod }", "pull_request: { branches: [main] }"),
        ("push: { branches: [main], environment: ml-prod }", "pull_request: {}"),
        ("[main]", "main"),
        ("[main]", "[no, off, 010, 1e3]"),
        ("[main]", "[main], paths: []"),
        ("[main]", "[main], tags: [v1]"),
        ("{ job: 7 }", "{}"),
        ("{ job: 7 }", "{ job: \"7\" }"),
        ("{ job: 7 }", "{ job: 0 }"),
        ("{ job: 7 }", "{ job: 7, timeout: 1h }"),
        ("{ job: 7 }", "{ job: 7, task: { python: a.py } }"),
        ("{ job: 7 }", "{ bundle: { target: prod, run: train_job } }"),
        ("{ job: 7 }", "{ bundle: { target: prod, run: train_job }, model: a.b, experiment: /a }"),
        ("{ job: 7 }", "{ bundle: { target: prod } }"),
        ("{ job: 7 }", "{ bundle: { target: --x, run: a } }"),
        ("{ job: 7 }", "{ bundle: { target: prod, run: \"a b\" } }"),
        ("{ job: 7 }", "{ bundle: { target: prod, run: a, var: b } }"),
        ("{ job: 7 }", "{ bundle: { target: prod, run: a }, timeout: 1h }"),
        ("{ job: 7 }", "{ bundle: { target: prod, run: a }, job: 7 }"),
        ("{ job: 7 }", "{ task: { python: a.py, notebook: b.ipynb } }"),
        ("{ job: 7 }", "{ task: { python: a.py, parameters: { a: b } } }"),
        ("{ job: 7 }", "{ task: { notebook: a.ipynb, parameters: [a] } }"),
        ("{ job: 7 }", "{ task: { python: ../a.py } }"),
        ("{ job: 7 }", "{ task: { python: a.py, dependencies: [\"-r x\"] } }"),
        ("{ job: 7 }", "{ task: { python: a.py }, model: a.b.c }"),
        ("{ job: 7 }", "{ task: { python: a.py }, model: a.b, timeout: 90s, experiment: /a }"),
        ("{ job: 7 }", "{ task: { python: a.py }, timeout: 90 }"),
        ("{ job: 7 }", "{ task: { python: a.py, parameters: [\"{{run}}\", \"\"] } }"),
        ("databricks: { job: 7 }", "airflow: {}"),
        ("databricks: { job: 7 }", "airflow: { run: churn, conf: { days: 7, note: \"\" } }"),
        ("databricks: { job: 7 }", "airflow: { run: a/b }"),
        ("databricks: { job: 7 }", "airflow: { run: \"..\" }"),
        ("databricks: { job: 7 }", "airflow: { conf: { a: b } }"),
        ("databricks: { job: 7 }", "airflow: { run: churn, dag: x }"),
        ("{ job: 7 }", "{ job: 7 }\n    airflow: {}"),
        ("databricks: { job: 7 }", "apim: {}"),
        ("databricks: { job: 7 }", "apim: { service: x }"),
        ("{ job: 7 }", "{ job: 7 }\n    apim: {}"),
        ("databricks: { job: 7 }", "azureml: { job: job.yaml }"),
        ("databricks: { job: 7 }", "azureml: { command: x, environment: \"azureml:a:1\" }"),
        ("databricks: { job: 7 }", "azureml: { command: x, environment: \"azureml:a@latest\" }"),
        ("databricks: { job: 7 }", "azureml: { job: job.yaml, command: x }"),
        ("databricks: { job: 7 }", "azureml: { command: x, environment: \"azureml:a:1\", name: mine }"),
        ("databricks: { job: 7 }", "azureml: {}"),
        ("databricks: { job: 7 }", "azureml: { command: x, environment: \"azureml:a:1\", code: src }"),
        ("databricks: { job: 7 }", "azureml: { jobs: { a: { command: x, environment: \"azureml:a:1\" } } }"),
        ("databricks: { job: 7 }", "azureml: { type: pipeline, jobs: { a: { command: x } } }"),
        ("databricks: { job: 7 }", "azureml: { jobs: {} }"),
        (
            "databricks: { job: 7 }",
            "azureml: { command: x, jobs: { a: { command: x, environment: \"azureml:a:1\" } } }"
        ),
        (
            "databricks: { job: 7 }",
            "azureml: { inputs: { d: 1 }, settings: { force_rerun: true }, jobs: { a: { command: x, environment: \"azureml:a:1\", inputs: { d: \"${{parent.inputs.d}}\" } } } }"
        ),
        (
            "databricks: { job: 7 }",
            "azureml: { settings: { default_datastore: d }, jobs: { a: { command: x, environment: \"azureml:a:1\" } } }"
        ),
        ("churn:", "Churn:"),
        ("workflows:", "workflow:"),
    ];

    private static void ShouldAgree(string schema, List<string> documents, Func<string, IReadOnlyList<string>> read)
    {
        List<string> differences = [];
        var judged = Judge(schema, documents);
        judged.Count.ShouldBe(documents.Count);
        foreach (var (document, faults) in documents.Zip(judged))
        {
            var problems = read(document);
            var agreed =
                faults.Count == 0 ? problems.All(IsBeyondSchemas) : problems.Count > 0 || faults.All(AsksForQuotes);
            if (!agreed)
                differences.Add(
                    $"reader: {string.Join(" | ", problems)}\nschema: {string.Join(" | ", faults)}\n{document}\n"
                );
        }
        string.Join('\n', differences).ShouldBeEmpty();
    }

    private static bool IsBeyondSchemas(string problem) => BeyondSchemas.Any(problem.Contains);

    /// <summary>Our readers take a number as it is written; an editor may ask for quotes where one is not likely to be meant.</summary>
    private static bool AsksForQuotes(string fault) =>
        fault.Contains("must be string", StringComparison.Ordinal) || IsAboutAnother(fault);

    /// <summary>It says no more than that another one was found.</summary>
    private static bool IsAboutAnother(string fault) =>
        fault.EndsWith("must match \"then\" schema", StringComparison.Ordinal);

    private static List<List<string>> Judge(string schema, IReadOnlyList<string> documents) =>
        NodeOracle.Ask<List<List<string>>>(
            "schema.mjs",
            new Dictionary<string, object> { ["schema"] = RepositoryFolder.PathOf(schema), ["documents"] = documents }
        );

    private static List<string> Damaged(string yaml)
    {
        var map = Yaml.Read(yaml);
        return
        [
            .. Yaml.Keys(map).SelectMany(key => FailSafeTests.Damages.Select(damage => Yaml.With(map, key, damage))),
        ];
    }

    private static string Change(string yaml, (string Piece, string Replacement) change)
    {
        yaml.ShouldContain(change.Piece);
        return yaml.Replace(change.Piece, change.Replacement, StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> ReadWorkflow(string yaml) =>
        [
            .. WorkflowFileReader
                .Read(Encoding.UTF8.GetBytes(yaml), ".bascule.yaml", SettingsFolder.Platforms)
                .Problems.Select(problem => problem.ToString()),
        ];

    public void Dispose() => _folder.Dispose();
}
