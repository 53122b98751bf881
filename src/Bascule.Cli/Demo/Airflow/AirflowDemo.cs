using System.Security.Cryptography;
using Bascule.Core.Deployments;
using Bascule.Simulators.Airflow;
using Bascule.Simulators.Cluster;

namespace Bascule.Cli.Demo.Airflow;

/// <summary>Airflow in the demo, in a cluster whose service accounts are known to Bascule: it follows the deploy ref and has nothing of the forge's.</summary>
internal sealed class AirflowDemo : IDemoPlatform
{
    public const string Name = "airflow";
    public const string Environment = "dags-prod";
    public const string Repository = "dags";
    private const string User = "bascule";
    private const string PasswordFile = "airflow.password";
    private const string Namespace = "airflow";
    private const string Account = "dag-processor";
    private readonly Dictionary<string, string> _gitEnvironment;

    private AirflowDemo(
        ClusterSimulator cluster,
        AirflowSimulator simulator,
        Dictionary<string, string> gitEnvironment
    ) => (Cluster, Simulator, _gitEnvironment) = (cluster, simulator, gitEnvironment);

    public ClusterSimulator Cluster { get; }
    public AirflowSimulator Simulator { get; }
    public IReadOnlyList<string> Labels => [AirflowSimulator.Label, ClusterSimulator.Label];

    public static string Ref => DeployPlace.Prefix + Environment;

    public static async Task<IDemoPlatform> StartAsync(DemoGround ground, CancellationToken cancellationToken)
    {
        var cluster = await ClusterSimulator.StartAsync(ground.Authority, cancellationToken: cancellationToken);
        var gitEnvironment = new Dictionary<string, string>();
        var airflow = await AirflowSimulator.StartAsync(
            new AirflowSimulatorOptions
            {
                Authority = ground.Authority,
                DataDirectory = Path.Combine(ground.Folder, "airflow"),
                Repository = AddressOf(ground),
                Ref = Ref,
                Subdirectory = "dags",
                GitEnvironment = gitEnvironment,
                QueuedFor = TimeSpan.FromMilliseconds(300),
                TaskTakes = TimeSpan.FromMilliseconds(300),
            },
            cancellationToken
        );
        var password = RandomNumberGenerator.GetHexString(32);
        airflow.AddUser(new AirflowUser(User, AirflowRole.User) { Password = password });
        await File.WriteAllTextAsync(Path.Combine(ground.Folder, PasswordFile), password, cancellationToken);
        return new AirflowDemo(cluster, airflow, gitEnvironment);
    }

    public string Settings(DemoGround ground) =>
        $$"""
            platforms:
              airflow:
                kind: airflow
                url: "{{Simulator.Url.GetLeftPart(UriPartial.Authority)}}"
                version: 3
                bundle: bascule
                ca: {{DemoGround.Ca}}
                login: { user: {{User}}, password: "file:{{PasswordFile}}" }
            environments:
              {{Environment}}: { platform: airflow, repositories: ["git:ml/*"], branches: [main], dags: { folder: dags, require: [owner] } }
            issuers:
              cluster: { url: "{{Cluster.Issuer}}", audiences: ["{{ground.Url}}"], ca: {{DemoGround.Ca}} }
            trust_policies:
              airflow: { issuer: cluster, subject: "system:serviceaccount:{{Namespace}}:{{Account}}", repositories: ["git:{{DemoStage.Owner}}/{{Repository}}"], refs: ["{{Ref}}"], verbs: [fetch] }

            """;

    public Task<DemoResult> PlayAsync(DemoStage stage, CancellationToken cancellationToken) =>
        new AirflowStory(stage, this).PlayAsync(cancellationToken);

    /// <summary>The repository at Bascule's Git proxy.</summary>
    public static string AddressOf(DemoGround ground) => $"{ground.Url}/git/git/{DemoStage.Owner}/{Repository}.git";

    /// <summary>Has Airflow look at the ref again and again, as its DAG processor does.</summary>
    public BundleRefresh StartFollowing(DemoGround ground) => new(this, ground, _gitEnvironment);

    /// <summary>Writes a new token of the DAG processor's service account, as the kubelet does before one ends.</summary>
    public string ProjectToken(DemoGround ground)
    {
        var file = Path.Combine(ground.Folder, "pod.token");
        Cluster.Project(file, Namespace, Account, ground.Url);
        return file;
    }

    public async ValueTask DisposeAsync()
    {
        await Simulator.DisposeAsync();
        await Cluster.DisposeAsync();
    }
}
