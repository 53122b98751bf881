using Bascule.Simulators.Databricks.Access;
using Bascule.Simulators.Databricks.Jobs;
using Bascule.Simulators.Databricks.Registry;
using Bascule.Simulators.Databricks.Traffic;
using Bascule.Simulators.Databricks.Wire;
using Bascule.Simulators.Databricks.Workspace;
using Bascule.Simulators.Mlflow;

namespace Bascule.Simulators.Databricks;

/// <summary>The parts of a workspace and how they hang together. One gate guards all state: every operation is short.</summary>
internal sealed class SimulatedWorkspace : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly IssuerKeys _keys;
    private readonly Launcher _launcher;
    private readonly LaunchEndpoints _launches;

    public SimulatedWorkspace(DatabricksSimulatorOptions options)
    {
        Options = options with { DataDirectory = Path.GetFullPath(options.DataDirectory) };
        var time = options.TimeProvider;
        WriteFiles();
        Tokens = new AccessTokens(time);
        Principals = new Principals(options.AllowLoopbackHttpIssuer);
        Tree = new WorkspaceTree(Path.Join(Options.DataDirectory, "workspace"), time);
        _keys = new IssuerKeys(options.TrustedCaPem);
        _launcher = new Launcher(Options, _gate, new TaskRunner(Options, _gate, Tree, Tokens, () => Listener!.Url));
        var check = new TaskCheck(Compute, Principals, Remotes);
        _launches = new LaunchEndpoints(Jobs, check, Remotes, _launcher, time);
        var table = FieldTable.Load("DatabricksFacts.json");
        var exchange = new TokenExchange(Principals, Tokens, _keys, options.AccountId, time);
        var api = new Api(Options, table, Routes(table, check), Tokens, exchange, _gate);
        Pipeline = new Pipeline(api, Tokens, Faults, Log, time);
        Listener = new Listener(options.Port, options.Authority.ServerCertificate, Pipeline.HandleAsync);
    }

    public DatabricksSimulatorOptions Options { get; }
    public AccessTokens Tokens { get; }
    public Principals Principals { get; }
    public WorkspaceTree Tree { get; }
    public Catalogs Catalogs { get; } = new();
    public ComputeCatalog Compute { get; } = new();
    public JobStore Jobs { get; } = new();
    public GitRemotes Remotes { get; } = new();
    public Faults Faults { get; } = new();
    public RequestLog Log { get; } = new();
    public Pipeline Pipeline { get; }
    public Listener Listener { get; }
    public List<SubmittedRun> Submitted => _launches.Submitted;

    public T Locked<T>(Func<SimulatedWorkspace, T> look)
    {
        lock (_gate)
            return look(this);
    }

    public async ValueTask DisposeAsync()
    {
        await Listener.DisposeAsync();
        await _launcher.DisposeAsync();
        _keys.Dispose();
    }

    private Routes Routes(FieldTable table, TaskCheck check)
    {
        var (time, routes, tracking) = (Options.TimeProvider, new Routes(table), new TrackingStore(Artifacts));
        var unity = new ModelStore(tracking, time);
        new AccessEndpoints(Principals, Options.AccountId).Map(routes);
        new WorkspaceEndpoints(Tree).Map(routes);
        new VolumeEndpoints(Catalogs, Path.Join(Options.DataDirectory, "volumes")).Map(routes);
        _launches.Map(routes);
        new RunEndpoints(Jobs, new RunJson(() => Listener.Url, Options.WorkspaceId)).Map(routes);
        new RepairEndpoint(Jobs, _launcher, time).Map(routes);
        new JobEndpoints(Jobs, check, time).Map(routes);
        new ExperimentEndpoints(tracking, new ExperimentPaths(Tree).Refuse, time).Map(routes);
        new TrackedRunEndpoints(tracking, time, new JobTags(Options.TagsParentRun).Set).Map(routes);
        new LoggingEndpoints(tracking).Map(routes);
        new WorkspaceRegistryEndpoints(new ModelStore(tracking, time)).Map(routes);
        new UnityMlflowEndpoints(unity, Catalogs).Map(routes);
        new UnityCatalogEndpoints(unity, Catalogs, Options.WorkspaceId).Map(routes);
        routes.Seal();
        return routes;
    }

    private static string Artifacts(string experiment) => $"dbfs:/databricks/mlflow-tracking/{experiment}";

    private void WriteFiles()
    {
        Directory.CreateDirectory(Options.DataDirectory);
        File.WriteAllText(Path.Join(Options.DataDirectory, Launcher.CaFile), Options.Authority.CaPem);
        using var prelude = typeof(SimulatedWorkspace).Assembly.GetManifestResourceStream(Launcher.NotebookPrelude)!;
        using var file = File.Create(Path.Join(Options.DataDirectory, Launcher.NotebookPrelude));
        prelude.CopyTo(file);
    }
}
