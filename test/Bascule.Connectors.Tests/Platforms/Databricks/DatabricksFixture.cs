using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.Databricks;
using Bascule.Core.Forges;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Settings;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks;

/// <summary>A connection to a workspace in memory, and everything a run needs.</summary>
internal sealed class DatabricksFixture : IDisposable
{
    public const string Mark = "k3v9x2m8qa.seal";
    private readonly List<string> _details = [];

    public DatabricksFixture()
    {
        Platform = Connect();
    }

    public FakeWorkspace Workspace { get; } = new();
    public HastyTime Time { get; } = new();
    public FixedIdentity Identity { get; } = new();
    public RecordingAudit Audit { get; } = new();
    public List<string> Progress { get; } = [];
    public DatabricksPlatform Platform { get; private set; }
    public MemoryTree Tree { get; set; } = MemoryTree.Of(("train.py", "print(1)\n"), ("data/x.csv", "a,b\n"));

    public DatabricksTask Task { get; set; } =
        new()
        {
            Python = "train.py",
            Arguments = ["--run", "{{run}}"],
            Model = "churn.classifier",
            Timeout = TimeSpan.FromHours(1),
        };

    public DatabricksEnvironment Environment { get; set; } = new() { Catalog = "main" };

    /// <summary>Everything that was said to somebody.</summary>
    public IEnumerable<string> Said => [.. Progress, .. _details, .. Audit.Entries.Select(entry => entry.ToString())];

    public Run Run { get; set; } = ARun();

    public StartRequest Start =>
        new(Run with { Content = Tree.Content }, Mark, Task, Environment, Tree, Identity, Audit, Progress.Add);

    public StartedRun Started =>
        new(Run with { PlatformRunId = "42", StartedAt = Time.GetUtcNow() }, Mark, Task, Environment, Identity, Audit);

    public PlanRequest Planned =>
        new("churn", Task, "ml-prod", Environment, "ml/churn", Run.Commit, Tree.Content, Tree);

    /// <summary>A new process: nothing is remembered.</summary>
    public DatabricksPlatform Connect()
    {
        var options = new DatabricksOptions
        {
            Name = "dbx",
            Url = new Uri("https://dbx.example"),
            Client = "0f3c2a1e-0000-0000-0000-000000000001",
            Audience = "https://dbx.example",
        };
        var http = new OutboundOptions
        {
            Subject = options.Subject,
            Url = options.Url,
            Time = Time,
            Timeout = TimeSpan.FromSeconds(60),
            MaxAnswerBytes = 1024 * 1024,
            Handler = Workspace,
            Detail = _details.Add,
        };
        return Platform = new DatabricksPlatform(
            options,
            new OutboundClient(http),
            new ConnectionHost(Time, "/etc/bascule", new Uri("https://bascule.example"))
        );
    }

    public void Dispose() => Platform.Dispose();

    private static Run ARun()
    {
        var name = RefName.Parse("refs/heads/main");
        var repository = new RepositoryKey("forge1", 7);
        var commit = CommitId.Parse("9f3ac71000000000000000000000000000000001");
        return new Run
        {
            Id = new RunId("k3v9x2m8qa"),
            Repository = repository,
            Forge = "git",
            RepositoryName = "ml/churn",
            Workflow = "churn",
            Environment = "ml-prod",
            Trigger = Trigger.Ref(name, 1),
            Ref = name,
            Commit = commit,
            Key = IdempotencyKey.Derive(1, repository, Trigger.Ref(name, 1), commit, "churn", "ml-prod", 0),
            State = RunState.Queued,
            CreatedAt = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero),
        };
    }
}
