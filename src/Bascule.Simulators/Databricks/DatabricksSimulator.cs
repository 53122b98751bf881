using Bascule.Simulators.Databricks.Access;
using Bascule.Simulators.Databricks.Jobs;
using Bascule.Simulators.Databricks.Workspace;

namespace Bascule.Simulators.Databricks;

/// <summary>
/// A strict stand-in for one Databricks workspace. Databricks publishes no description of its API; the field names, types and
/// enums of its published clients are kept exactly, and everything else is refused.
/// </summary>
public sealed class DatabricksSimulator : IAsyncDisposable
{
    public const string Label = "Databricks simulator";
    private readonly SimulatedWorkspace _workspace;

    private DatabricksSimulator(SimulatedWorkspace workspace) => _workspace = workspace;

    /// <summary>With port, without path.</summary>
    public Uri Url => _workspace.Listener.Url;

    public string AccountId => _workspace.Options.AccountId;

    /// <summary>How many different runs were ever launched.</summary>
    public int PlatformRuns => _workspace.Locked(w => w.Jobs.Launched);

    /// <summary>Accepted launches in order, repeats under one idempotency token included.</summary>
    public IReadOnlyList<SubmittedRun> Submitted =>
        _workspace.Locked<IReadOnlyList<SubmittedRun>>(w => [.. w.Submitted]);

    /// <summary>The latest 50,000 requests, refused ones included.</summary>
    public IReadOnlyList<RecordedRequest> Requests => _workspace.Log.Snapshot();

    /// <summary>Called with method, path and phase of every request; it may kill who asked.</summary>
    public Func<string, string, RequestPhase, Task>? OnRequest
    {
        get => _workspace.Pipeline.OnRequest;
        set => _workspace.Pipeline.OnRequest = value;
    }

    public static async Task<DatabricksSimulator> StartAsync(
        DatabricksSimulatorOptions options,
        CancellationToken cancellationToken = default
    )
    {
        var workspace = new SimulatedWorkspace(options);
        await workspace.Listener.StartAsync(cancellationToken);
        return new DatabricksSimulator(workspace);
    }

    /// <summary>Also makes its home directory <c>/Users/{applicationId}</c>.</summary>
    public ServicePrincipal AddServicePrincipal(string applicationId, string displayName = "") =>
        _workspace.Locked(w =>
        {
            w.Tree.MakeDirectory($"/Users/{applicationId}");
            return w.Principals.Add(applicationId, displayName);
        });

    /// <exception cref="ArgumentException">The policy would be refused, or the principal is unknown.</exception>
    public FederationPolicy AddFederationPolicy(string applicationId, FederationPolicy policy)
    {
        var principal =
            _workspace.Principals.Find(applicationId)
            ?? throw new ArgumentException($"No service principal '{applicationId}'.", nameof(applicationId));
        var kept = policy with { Id = policy.Id.Length > 0 ? policy.Id : Guid.NewGuid().ToString() };
        if (_workspace.Principals.AddPolicy(principal.Id, kept) is { } refusal)
            throw new ArgumentException(refusal.Json!["message"]!.GetValue<string>(), nameof(policy));
        return kept;
    }

    /// <summary>An access token without an exchange: for a test's own calls, or for the account administrator.</summary>
    public string CreateToken(string userName = "admin@example.com", bool isAdmin = true, TimeSpan? lifetime = null) =>
        _workspace.Tokens.Issue(new Caller(userName, isAdmin), lifetime ?? TimeSpan.FromHours(1));

    public void ExpireAllTokens() => _workspace.Tokens.ExpireAll();

    /// <summary>Models can be registered in schemas that exist; there are none at first.</summary>
    public void AddSchema(string catalog, string schema) => _workspace.Catalogs.AddSchema(catalog, schema);

    public void AddVolume(string catalog, string schema, string volume) =>
        _workspace.Catalogs.AddVolume(catalog, schema, volume);

    /// <summary>Only these users may create models in the catalog from now on.</summary>
    public void RestrictWriters(string catalog, params string[] applicationIds) =>
        _workspace.Catalogs.RestrictWriters(catalog, applicationIds);

    public void AddCluster(string clusterId) => _workspace.Compute.AddCluster(clusterId);

    public void AddClusterPolicy(string policyId) => _workspace.Compute.AddPolicy(policyId);

    /// <summary>From now on jobs may name this remote as their Git source, and what the branch or tag leads to is this commit.</summary>
    public void SetRemote(string url, string branchOrTag, string commit) =>
        _workspace.Remotes.Set(url, branchOrTag, commit);

    /// <summary>Content by path of every file and notebook below a workspace directory.</summary>
    public IReadOnlyDictionary<string, byte[]> FilesUnder(string directory) =>
        _workspace.Locked(w =>
            WorkspacePath.TryNormalize(directory, out var path, out _)
                ? w
                    .Tree.Below(path == "/" ? "" : path)
                    .Where(o => !o.IsDirectory)
                    .ToDictionary(o => o.Path, o => w.Tree.Read(o.Path))
                : []
        );

    public void Inject(Fault fault) => _workspace.Faults.Add(fault);

    public void ClearFaults() => _workspace.Faults.Clear();

    /// <summary>Whether something is still to go wrong.</summary>
    public bool HasFaults => !_workspace.Faults.IsEmpty;

    /// <summary>Removes a run as a workspace administrator would; a running one is canceled.</summary>
    public void DeleteRun(long runId) =>
        _workspace.Locked(w =>
        {
            if (w.Jobs.FindRun(runId) is { } run)
            {
                Launcher.Cancel(run);
                w.Jobs.Delete(run);
            }
            return true;
        });

    /// <summary>Connections break and new ones are refused until <see cref="Resume"/>.</summary>
    public void GoOffline() => _workspace.Listener.GoOffline();

    public void Resume() => _workspace.Listener.Resume();

    public ValueTask DisposeAsync() => _workspace.DisposeAsync();
}
